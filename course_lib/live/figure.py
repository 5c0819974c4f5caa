"""The widget: a figure whose page holds the answer to every setting, or a program that computes it, and draws itself.

The page keeps the settings and tells the kernel about them. Where compute is traced (see `tracing`), the page runs it.
Else it has a table for some of the quantities; for another value of the others it asks, when the hand rests, for the
whole table. The other half is in `page/`.
"""

import base64
import importlib
import inspect
import itertools
import os
import sys
import threading
import traceback
from dataclasses import replace

import anywidget
import numpy as np
import traitlets

from .. import tracing
from . import answer as answers
from . import cells, codec, raster
from .drawing import Drawing
from .export import page_html
from .quantities import named
from .script import script, stylesheet

if "google.colab" in sys.modules:
    importlib.import_module("google.colab.output")  # where anywidget looks to have custom widgets enabled on Colab

ROW = {"x": (240,), "y": 1}  # what the page asks a landscape for, see page/ground.js
PAGES = ("html", "slides")  # what asks for figures that live without a kernel
NOTE = "A picture of the default setting. Run this cell in a notebook to move it."


class LiveFigure(anywidget.AnyWidget):
    """A live figure; show it by making it the last expression of a cell.

    figure: matplotlib Figure with an empty Line2D, with a gid, for all that moves; what such a line is (a run, the head
        of one, a halo, an arrow), it says itself, see `Drawing`.
    compute: pure function (**page, **kernel) -> Answer. A page quantity comes as an array, each along an axis of its
        own: (n,), or (n, 1) and (1, m), and so on; any other as a plain value, a pair of sliders as a pair. With `run`,
        function (**run) -> Answer of one run, whose words are functions without arguments: it is traced.
    run: name -> as in kernel, instead of page and kernel: all of them live in the page where compute can be traced,
        else each asks the kernel; `untraceable` says why.
    runs: function of `run` and of others it names -> what is traced beside the table of compute, which then knows
        nothing of `run`: the lines and words of an Answer of one run.
    page: name -> slider or dropdown; their steps are the grid of the table.
    kernel: name -> the same, or a pair of sliders (shown as number boxes; for a point that is dragged). Moving one asks
        the kernel.
    pointer: Axes -> (name or None, name or None), the sliders steered along x and y by pointer and arrow
        keys, or the name of a pair.
    scenes: text of a button -> {name: value}; "step" may be among the names. Keys [ and ] go through them. Instead,
        (name of a quantity, function of its value that gives such a dict).
        An Answer may bring further scenes, which depend on the kernel quantities; their buttons come first, and
        every answer has the same.
    challenge: (name of a readout, sentence): its texts are numbers, the fewer the better, empty where nothing
        was reached; the page keeps the best one and says which setting it was. It is not shown as a readout.
    background: function (figure, **some of the kernel quantities by name), called when one of these changes,
        to redraw what stands still (it must neither clear axes nor use pyplot).
    ground: (Axes, artists, colours, surface), with run only: a landscape under everything, which the page draws itself,
        of surface(**some of the quantities), something with `value` and `lowest`, in bands of these colours from low to
        high; artists() stand for it in still pictures.
    follows: name of a quantity -> function of its value: what else it sets, as a scene says it.
    asked: names of choices of run that compute only asks for their value, `fair == "tuned"`: one program takes them in,
        while of other choices each option has a program of its own.
    carried: names of kernel quantities of whose every value exported pages carry the table, and the pictures, as they
        do of every scene; of run, pictures are carried wherever the background depends on a choice.
    seconds: how long play takes from the first step to the last.
    alt: the text alternative; it is also all that text-only readers get.
    """

    _esm = script("notebook")
    _css = stylesheet()
    _ipython_display_ = None  # ipywidgets 7 would show itself without the picture

    spec = traitlets.Dict().tag(sync=True)  # what never changes: controls, pointer, scenes, alt
    frame = traitlets.Dict().tag(sync=True)  # geometry and styles, see Drawing.frame
    below = traitlets.Bytes().tag(sync=True)  # a picture, under the moving lines
    above = traitlets.Bytes().tag(sync=True)  # a picture over them, or empty
    table = traitlets.Bytes().tag(sync=True)  # see codec; empty where there are programs
    programs = traitlets.Bytes().tag(sync=True)  # see tracing; empty where compute is not traced
    version = traitlets.Int().tag(sync=True)  # counts updates: the page waits for this one
    settings = traitlets.Dict().tag(sync=True)  # name -> number of the value; "step" -> number, None: last
    error = traitlets.Unicode().tag(sync=True)  # of the last request, shown in the page; else empty

    def __init__(
        self,
        figure,
        compute,
        *,
        page=None,
        kernel=None,
        run=None,
        runs=None,
        pointer=None,
        scenes=None,
        challenge=None,
        background=None,
        ground=None,
        asked=(),
        carried=(),
        follows=None,
        step_label="step",
        seconds=4,
        alt,
    ):
        self._lock = threading.RLock()  # newer kernels answer pages in a thread beside the cells
        self._widgets = {}  # name -> a control that was asked for
        self.compute, self.runs, self.background = compute, runs, background
        self.page = {name: _only(named(name, quantity), name) for name, quantity in (page or {}).items()}
        self.kernel = {name: named(name, quantity) for name, quantity in ((kernel or {}) | (run or {})).items()}
        self._refuse_names()
        self.drawing = Drawing(figure, step_label=step_label)
        self.defaults = {quantity.name: quantity.default for quantity in self._controls()} | {"step": None}
        self._painted = self._background_values(self.defaults)
        self._pictured = False  # whether the page has the pictures
        self.untraceable, self.asked = "", set(asked)
        programs = self._traced(run, ground) if run else b""
        self.tabled = bool(runs) or not programs
        living = set(run) if programs else set()  # in the page, and not in its table
        self.carried = [c for name in self._carried_names(carried) for c in self.kernel[name]]
        self.keyed = [c for name in self.kernel if name not in living for c in self.kernel[name]]
        if not self.tabled:
            self.keyed = self.carried
        else:
            self._refuse_too_large()
        self.follows = {
            name: [self._scene(function(control.value(k))) for k in range(len(control.values))]
            for name, function in (follows or {}).items()
            for control in self.kernel[name]
        }
        where = dict.fromkeys(self.page, "table") | {c.name: "program" for name in living for c in self.kernel[name]}
        super().__init__(
            spec={
                "alt": alt,
                "controls": [c.describe() | {"where": where.get(c.name, "kernel")} for c in self._controls()],
                "defaults": self.defaults,
                "pointer": [self._pads(ax, names) for ax, names in (pointer or {}).items()],
                "scenes": {text: self._scene_by(scene) for text, scene in (scenes or {}).items()},
                "challenge": challenge and dict(zip(("name", "text"), challenge, strict=True)),
                "seconds": seconds,
                "carried": [control.name for control in self.carried],
                "keyed": [control.name for control in self.keyed],
                "follows": self.follows,
            },
            settings=self.defaults,
            programs=programs,
            **self._newest(self.defaults),
        )
        self.on_msg(self._asked)

    # -- the quantities

    def _carried_names(self, carried):
        if self.tabled:
            return carried
        return [name for name in self._background_values(self.defaults) if not self.kernel[name][0].numeric]

    def _parts(self):
        return {name: [control] for name, control in self.page.items()} | self.kernel

    def _controls(self):
        return [*self.page.values(), *(control for pair in self.kernel.values() for control in pair)]

    def _refuse_names(self):
        twice = set(self.page) & set(self.kernel) | ({"step"} & (set(self.page) | set(self.kernel)))
        if twice:
            raise ValueError(f"{sorted(twice)} cannot be names of quantities here: taken")

    def _pads(self, ax, names):
        """For the page: which controls the pointer steers on these axes."""
        if isinstance(names, str):
            names = [control.name for control in self.kernel.get(names, ())]
        known = [control.name for control in self._controls()]
        if len(names) != 2 or any(name not in known for name in names if name is not None):
            raise ValueError(f"pointer must name two of {known} (or None for one), not {names}")
        return {"axes": self.drawing.figure.axes.index(ax), "names": list(names)}

    def _scene_by(self, scene):
        """A scene for the page; one for each value of a quantity where it depends on that."""
        if not isinstance(scene, tuple):
            return self._scene(scene)
        name, function = scene
        (control,) = self.kernel[name]
        return {"by": name, "each": [self._scene(function(control.value(k))) for k in range(len(control.values))]}

    def _scene(self, scene):
        """name -> value, as name -> number of the value."""
        numbers = {}
        for name, value in scene.items():
            if name == "step":
                numbers["step"] = value
            elif name in self.page:
                numbers[name] = self.page[name].nearest(value)
            elif name in self.kernel:
                parts = self.kernel[name]
                given = value if len(parts) == 2 else [value]
                numbers |= {c.name: c.nearest(v) for c, v in zip(parts, given, strict=True)}
            else:
                raise ValueError(f"a scene sets {name!r}; known are {[*self.page, *self.kernel, 'step']}")
        return numbers

    def _key(self, settings):
        """What an answer is for: the numbers of all that neither the table nor a program takes in."""
        return {control.name: settings[control.name] for control in self.keyed}

    def _values(self, settings):
        """name -> value of every quantity."""
        page = {name: quantity.value(settings[name]) for name, quantity in self.page.items()}
        return page | self._kernel_values(settings)

    def _kernel_values(self, settings):
        """name -> value of every quantity but those of the table; a pair of sliders is one pair."""
        values = {name: tuple(c.value(settings[c.name]) for c in parts) for name, parts in self.kernel.items()}
        return {name: value if len(value) == 2 else value[0] for name, value in values.items()}

    def _background_values(self, settings):
        if self.background is None:
            return {}
        wanted = list(inspect.signature(self.background).parameters)[1:]
        values = self._kernel_values(settings)
        return {name: values[name] for name in wanted}

    # -- computing

    def _traced(self, run, ground):
        """The programs of what is traced, one for each choice of what is no number; empty where it cannot be."""
        taken = inspect.signature(self.runs).parameters if self.runs else run
        quantities = {name: parts for name, parts in self._parts().items() if name in taken}
        chosen = [c for name, (c, *_) in quantities.items() if not c.numeric and name not in self.asked]
        inputs = {name: len(parts) for name, parts in quantities.items() if parts[0].numeric}
        inputs |= {name: tuple(quantities[name][0].values) for name in self.asked}
        programs, grounds = {}, {}
        try:
            for numbers in itertools.product(*(range(len(control.values)) for control in chosen)):
                options = {c.name: c.value(k) for c, k in zip(chosen, numbers, strict=True)}
                key = ",".join(map(str, numbers))
                function = self._written(options)
                program = tracing.program_of(function, inputs)
                _refuse_other(self.runs or self.compute, program, function, quantities)
                programs[key] = tracing.near(program)
                if ground:
                    wanted = inspect.signature(ground[-1]).parameters
                    mine = {name: n for name, n in inputs.items() if name in wanted}
                    given = {name: value for name, value in options.items() if name in wanted}
                    grounds[key] = tracing.near(tracing.program_of(_heights(ground[-1], given), mine | ROW))
        except tracing.Untraceable as why:
            if self.runs:
                raise
            self.untraceable = str(why)
            return b""
        if ground:
            self.drawing.ground = ground[:-1]
        names = [control.name for control in chosen]
        return tracing.packed({"chosen": names, "programs": programs, "grounds": grounds})

    def _written(self, options):
        def function(**letters):
            answer = (self.runs or self.compute)(**letters, **options)
            answers.check_names(answer, self.drawing.data_gids)
            return answer.lines, answer.words

        return function

    def _answer(self, settings, pick):
        """The Answer of compute with `pick(control)` of each of the table's quantities' values."""
        axes = np.ix_(*(np.asarray(pick(control)) for control in self.page.values()))
        values = self._kernel_values(settings)
        if self.runs:
            values = {name: value for name, value in values.items() if self.kernel[name][0] in self.keyed}
        return answers.spoken(self.compute(**dict(zip(self.page, axes, strict=True)), **values))

    def cell(self, settings):
        """The Answer for one setting: a grid of one, and what is run beside it."""
        answer = self._answer(settings, lambda control: [control.value(settings[control.name])])
        if not self.runs:
            return answer
        values = self._values(settings)
        run = answers.spoken(self.runs(**{name: values[name] for name in inspect.signature(self.runs).parameters}))
        return replace(answer, lines=answer.lines | run.lines, words=run.words | answer.words)

    def _table(self, settings):
        """The buffer with the answer to every setting of the table's quantities."""
        answer = self._answer(settings, lambda control: control.values)
        grid = tuple(len(control.values) for control in self.page.values())
        labels = [control.label for control in self.page.values()]
        scenes = {text: self._scene(scene) for text, scene in answer.scenes.items()}
        return self.drawing.encode(answer, grid, labels, self._key(settings), scenes)

    def _refuse_too_large(self):
        """From two values of each slider tell what all would take, before computing them."""
        answer = self._answer(self.defaults, lambda control: control.values[:2])
        grid = tuple(len(control.values) for control in self.page.values())
        few = tuple(min(2, steps) for steps in grid)
        answers.check_names(answer, self.drawing.data_gids)
        pairs = [answers.line_arrays(gid, pair, few) for gid, pair in answer.lines.items()]
        shapes = [
            (len(a), *(all_ if have > 1 else 1 for have, all_ in zip(a.shape[1:], grid, strict=True)))
            for pair in pairs
            for a in pair
        ]
        answers.check_size(shapes, [control.label for control in self.page.values()], grid)

    def _paint(self, settings):
        """Redraw what stands still, if the quantities it depends on have changed."""
        wanted, self._frame_key = self._background_values(settings), self._joined(settings)
        if wanted != self._painted:
            with self.drawing.in_style():
                self.background(self.drawing.figure, **wanted)
            self.drawing.check_axes()
            self._painted, self._pictured = wanted, False

    def _frame(self):
        """The geometry, and what it is for."""
        return self.drawing.frame() | {"key": self._frame_key}

    def _joined(self, settings):
        return ",".join(map(str, self._key(settings).values()))

    def _newest(self, settings):
        """All traits that depend on what the page asks for."""
        self._paint(settings)
        traits = {"table": self._table(settings) if self.tabled else b"", "version": self.version + 1}
        if not self._pictured:  # the table may have failed; only now are the pictures counted as sent
            below, above = self.drawing.layers()
            above = b"" if above is None else raster.webp(above)
            traits |= {"frame": self._frame(), "below": raster.webp(below), "above": above}
            self._pictured = True
        self._answered = self._key(settings)
        return traits

    def update(self):
        """Compute the whole table for the present settings and send it, in one message."""
        with self._lock:
            self._show(**self._newest(self.settings))

    def _show(self, **traits):
        """In one message; table and pictures even if they are as before, since the page may have missed them."""
        with self.hold_sync():
            for name, value in (traits | {"error": ""}).items():
                if name in ("table", "frame", "below", "above"):
                    setattr(self, name, type(value)())
                setattr(self, name, value)

    # -- set by code

    def set(self, **values):
        """Set quantities to the nearest of their values, as a hand in the page would; a pair to a pair."""
        with self._lock:  # while the page's thread answers, a cell waits for its turn
            given = self._scene(values)
            moved = [name for name in self.follows if given.get(name, self.settings[name]) != self.settings[name]]
            settings = dict(self.settings)
            for name in moved:
                settings |= self.follows[name][given[name]]
            settings |= given
            asks = self._key(settings) != self._key(self.settings)
            self._show(**self._newest(settings) if asks else {}, settings=settings)

    def control(self, name):
        """An ipywidgets control for a quantity: it can be shown, set, observed and linked.

        name: of the quantity; of one of a pair with .0 or .1 behind it. ValueError if there is none.
        """
        quantities = {quantity.name: quantity for quantity in self._controls()}
        if name not in quantities:
            raise ValueError(f"no quantity {name!r}; there are {list(quantities)}")
        if name not in self._widgets:
            widget = self._widgets[name] = quantities[name].widget(self.settings[name])
            widget.observe(lambda change: self._set_one(name, change["new"]), "value")
        return self._widgets[name]

    def _set_one(self, name, value):
        quantity = next(quantity for quantity in self._controls() if quantity.name == name)
        whole, _, part = name.partition(".")
        if part:
            pair = list(self._values(self.settings)[whole])
            pair[int(part)] = value
            value = tuple(pair)
        try:
            self.set(**{whole: value})
        finally:
            self._widgets[name].value = quantity.value(self.settings[name])  # the nearest there is

    @traitlets.observe("settings")
    def _tell(self, change):
        """The controls that were asked for say what is set."""
        for quantity in self._controls():
            if quantity.name in self._widgets:
                self._widgets[quantity.name].value = quantity.value(change["new"][quantity.name])

    # -- hearing from the page

    def _asked(self, _, content, buffers):
        """A page asks for the answer to {"settings": ...}; "done" follows whatever happens.

        It numbers its requests, and says "again" where an answer was lost, and maybe pictures with it.

        The settings are not sent back: by now the hand may be somewhere else.
        """
        try:
            with self._lock:
                with self._lock_property(settings=content["settings"]):
                    self.settings = content["settings"]
                if content.get("again"):
                    self._pictured = False
                self._show(**self._newest(self.settings))
        except Exception:
            self.error = traceback.format_exc()
            raise
        finally:
            self.send({"done": content.get("number")})

    # -- pictures and pages

    def picture(self, settings=None, *, note=None, scale=2):
        """PNG by matplotlib itself of a setting: {name: number of the value}, default for those left out."""
        settings = self.defaults | (settings or {})
        with self._lock:
            self._paint(settings)
            step = settings["step"]
            return self.drawing.picture(self.cell(settings), step, scale=scale, note=note)

    def html(self):
        """Self-contained HTML of the figure as it stands; needs neither kernel nor network."""
        with self._lock:
            settings = self.settings
            self._paint(settings)
            if not self._pictured or self._answered != self._key(settings):
                self.update()
            table = codec.tight(self.table) if self.tabled else b""
            picture = self.picture(settings, scale=1)
            return page_html(
                self.spec,
                self.frame,
                self.below,
                self.above,
                table,
                self.programs,
                settings,
                picture,
                *self._others(settings),
            )

    def _others(self, settings):
        """What an exported page shows for other values of what is carried, and for scenes: (key -> in what the geometry
        differs, and strips of pictures; key -> table; the picture these strips are taken from)."""
        carried = [
            {control.name: k for control, k in zip(self.carried, numbers, strict=True)}
            for numbers in itertools.product(*(range(len(control.values)) for control in self.carried))
        ]
        scenes = [one for scene in self.spec["scenes"].values() for one in scene.get("each", [scene])]
        found, tables, pictures, painted = {self._joined(settings): {}}, {}, {}, self._painted
        for moved in (*carried, *scenes):
            other = settings | moved
            key = self._joined(other)
            if key in found:
                continue
            found[key] = {}
            self._paint(other)  # a table has places on the paper, so the axes come first
            if self.tabled:
                tables[key] = codec.tight(self._table(other))
            if self._painted != painted:
                now = self.drawing.frame()
                found[key]["frame"] = {name: part for name, part in now.items() if part != self.frame[name]}
                pictures[key] = self.drawing.layers()
        self._paint(settings)
        whole, strips = raster.atlas(self.drawing.layers(), pictures.values()) if pictures else (b"", [])
        for key, mine in zip(pictures, strips, strict=True):
            found[key]["strips"] = mine
        return found, tables, whole

    def close(self):
        """Leave the page, and give up what is only for the page. Shown again, it opens anew."""
        if self.comm is None:
            return
        super().close()
        self.__dict__.pop("_repr_mimebundle_", None)  # what ipywidgets 8 puts there so that nobody shows it again
        for widget in self._widgets.values():
            widget.close()
        self._widgets.clear()
        self.table = self.below = self.above = b""
        self._pictured = False

    def _reopen(self):
        with self._lock:
            for name, value in self._newest(self.settings).items():
                setattr(self, name, value)
            self.open()

    def __repr__(self):
        """Short: ipywidgets would spell out the table."""
        return f"{type(self).__name__}: {self.spec.get('alt', '')}"

    def _repr_mimebundle_(self, **kwargs):
        data = {"text/plain": self.spec["alt"]}
        if os.environ.get("COURSE_LIVE") in PAGES:
            return data | {"text/html": self.html()}
        if self.comm is None:
            self._reopen()
        cells.shows(self)
        width, _ = self.drawing.size
        widget, metadata = super()._repr_mimebundle_(**kwargs)  # Colab finds in the metadata who draws it
        data["image/png"] = base64.b64encode(self.picture(note=NOTE, scale=1)).decode()
        return widget | data, metadata | {"image/png": {"width": int(width), "alt": self.spec["alt"]}}


def _refuse_other(compute, program, function, quantities):
    """Refuse a program that is not what compute does: where it draws random numbers, remembers or looks at types.

    The labs' own are compared by tests, at many more settings, which would take longer here than all else.
    """
    if (getattr(compute, "__module__", None) or "").partition(".")[0] == __package__.partition(".")[0]:
        return
    settings = []
    for pick in (lambda c: c.value(c.default), lambda c: c.value(0), lambda c: c.value(len(c.values) - 1)):
        values = {name: tuple(map(pick, quantities[name])) for name in program["inputs"]}
        settings.append({name: value if len(value) == 2 else value[0] for name, value in values.items()})
    try:
        why = tracing.differs(program, function, settings)
    except Exception as error:  # of compute itself: the kernel says it at the setting where it happens
        why = f"{type(error).__name__}: {error}"
    if why:
        raise tracing.Untraceable(why)


def _heights(surface, options):
    """For a program: the heights of a row of places, and the lowest there is."""

    def function(x, y, **letters):
        ground = surface(**letters, **options)
        height = x.sheet.decided(lambda: ground.value(np.stack([x, np.broadcast_to(y, x.shape)])))
        return {"height": (height, height), "lowest": ([ground.lowest], [ground.lowest])}, {}

    return function


def _only(parts, name):
    if len(parts) != 1:
        raise ValueError(f"page quantity {name!r} must be one, not a pair")
    return parts[0]
