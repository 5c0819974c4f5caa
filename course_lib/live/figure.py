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

import anywidget
import numpy as np
import traitlets

from .. import tracing
from . import answer as answers
from . import cells, raster
from .drawing import Drawing
from .export import page_html, text_of
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
    compute: pure function of the quantities by name -> Answer. Those of `page` come as arrays, each along an axis of
        its own: (n,), or (n, 1) and (1, m), and so on; any other as a plain value, a pair of sliders as a pair. With
        `run` it computes one run, and its words are functions without arguments: it is traced.
    page: name -> slider or dropdown; their steps are the grid of the table.
    kernel: name -> the same, or a pair of sliders (shown as number boxes; for a point that is dragged). Moving one asks
        the kernel.
    run: name -> as in kernel, instead of page and kernel: all of them live in the page where compute can be traced,
        else each asks the kernel; `untraceable` says why.
    pointer: Axes -> (name or None, name or None), the sliders steered along x and y by pointer and arrow
        keys, or the name of a pair.
    scenes: text of a button -> {name: value}; "step" may be among the names. Keys [ and ] go through them. Instead,
        (name of a quantity, function of its value that gives such a dict).
        An Answer may bring further scenes, which depend on the kernel quantities; their buttons come first, and
        every answer has the same.
    challenge: (name of a readout, sentence): its texts are numbers, the fewer the better, empty where nothing
        was reached; the page keeps the best one and says which setting it was. It is not shown as a readout.
    background: function (figure, **some of the quantities by name, none of page), called when one of these changes,
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
    # What table and pictures are for, and a number that is never the same twice: the page waits for this one.
    answered = traitlets.Dict().tag(sync=True)
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
        page, kernel, run = page or {}, kernel or {}, run or {}
        self.compute, self.background = compute, background
        self.quantities = {name: named(name, quantity) for name, quantity in (page | kernel | run).items()}
        self.controls = {control.name: control for parts in self.quantities.values() for control in parts}
        self.page = {control.name: control for name in page for control in self.quantities[name]}
        if "step" in self.quantities:
            raise ValueError("'step' cannot be the name of a quantity here: taken")
        self.drawing = Drawing(figure, step_label=step_label)
        self.defaults = {name: control.default for name, control in self.controls.items()} | {"step": None}
        self._painted = self._background_values(self.defaults)
        self._pictured = False  # whether the page has the pictures
        self.untraceable = ""
        self.programs = self._traced(run, asked, ground) if run else b""
        if self.programs:  # there is only something else for a choice that the background depends on
            living = self.controls
            carried = [name for name in self._painted if not self.quantities[name][0].numeric]
        else:
            self._refuse_too_large()
            living = self.page
        self.carried = [control for name in carried for control in self.quantities[name]]
        rest = [control for name, control in self.controls.items() if name not in living]
        self.keyed = self.carried if self.programs else rest
        self.follows = {name: self._scenes_of(name, function) for name, function in (follows or {}).items()}
        super().__init__(
            spec={
                "alt": alt,
                "controls": [c.describe() | {"living": c.name in living} for c in self.controls.values()],
                "defaults": self.defaults,
                "pointer": [self._pads(ax, names) for ax, names in (pointer or {}).items()],
                "scenes": {text: self._scene_by(scene) for text, scene in (scenes or {}).items()},
                "challenge": challenge and dict(zip(("name", "text"), challenge, strict=True)),
                "seconds": seconds,
                "page": list(self.page),
                "carried": [control.name for control in self.carried],
                "keyed": [control.name for control in self.keyed],
                "follows": self.follows,
            },
            settings=self.defaults,
            **self._newest(self.defaults),
        )
        self.on_msg(self._asked)

    # -- the quantities

    def _pads(self, ax, names):
        """For the page: which controls the pointer steers on these axes."""
        if isinstance(names, str):
            names = [control.name for control in self.quantities.get(names, ())]
        if len(names) != 2 or any(name not in self.controls for name in names if name is not None):
            raise ValueError(f"pointer must name two of {list(self.controls)} (or None for one), not {names}")
        return {"axes": self.drawing.figure.axes.index(ax), "names": list(names)}

    def _scenes_of(self, name, function):
        """What function(value) sets, for each value of a quantity."""
        (control,) = self.quantities[name]
        return [self._scene(function(control.value(k))) for k in range(len(control.values))]

    def _scene_by(self, scene):
        """A scene for the page; one for each value of a quantity where it depends on that."""
        return {"by": scene[0], "each": self._scenes_of(*scene)} if isinstance(scene, tuple) else self._scene(scene)

    def _scene(self, scene):
        """name -> value, as name -> number of the value."""
        numbers = {}
        for name, value in scene.items():
            if name == "step":
                numbers["step"] = value
            elif name in self.quantities:
                parts = self.quantities[name]
                given = value if len(parts) == 2 else [value]
                numbers |= {c.name: c.nearest(v) for c, v in zip(parts, given, strict=True)}
            else:
                raise ValueError(f"a scene sets {name!r}; known are {[*self.quantities, 'step']}")
        return numbers

    def _key(self, settings):
        """What an answer is for: the numbers of all that neither the table nor a program takes in."""
        return ",".join(str(settings[control.name]) for control in self.keyed)

    def _values(self, settings, pick=None):
        """name -> value of every quantity, a pair of sliders as one pair.

        Those of the table are arrays along axes of their own: of one value, or of `pick(control)`.
        """
        values = {name: control.value(settings[name]) for name, control in self.controls.items()}
        grid = [pick(control) if pick else [values[name]] for name, control in self.page.items()]
        values |= zip(self.page, np.ix_(*map(np.asarray, grid)), strict=True)
        pairs = {name: tuple(values[control.name] for control in parts) for name, parts in self.quantities.items()}
        return {name: pair if len(pair) == 2 else pair[0] for name, pair in pairs.items()}

    def _background_values(self, settings):
        return _taken(self.background, self._values(settings)) if self.background else {}

    # -- computing

    def _traced(self, run, asked, ground):
        """The programs of what is traced, one for each choice of what is no number; empty where it cannot be."""
        controls = self.controls.values()
        chosen = [control for control in controls if not control.numeric and control.name not in asked]
        inputs = {name: len(self.quantities[name]) for name in run if self.quantities[name][0].numeric}
        inputs |= {name: tuple(self.controls[name].values) for name in asked}
        programs, grounds = {}, {}
        try:
            for numbers in itertools.product(*(range(len(control.values)) for control in chosen)):
                options = {control.name: control.value(k) for control, k in zip(chosen, numbers, strict=True)}
                key = ",".join(map(str, numbers))
                function = self._written(options)
                program = tracing.program_of(function, inputs)
                self._refuse_other(program, function)
                programs[key] = tracing.near(program)
                if ground:
                    heights = _heights(ground[-1], _taken(ground[-1], options))
                    grounds[key] = tracing.near(tracing.program_of(heights, _taken(ground[-1], inputs) | ROW))
        except tracing.Untraceable as why:
            self.untraceable = str(why)
            return b""
        if ground:
            self.drawing.ground = ground[:-1]
        names = [control.name for control in chosen]
        return tracing.packed({"chosen": names, "programs": programs, "grounds": grounds})

    def _written(self, options):
        def function(**letters):
            answer = self.compute(**letters, **options)
            answers.check_names(answer, self.drawing.data_gids)
            return answer.lines, answer.words

        return function

    def _refuse_other(self, program, function):
        """Refuse a program that is not what compute does: where it draws random numbers, remembers or looks at types.

        The labs' own are compared by tests, at many more settings, which would take longer here than all else.
        """
        if (getattr(self.compute, "__module__", None) or "").partition(".")[0] == __package__.partition(".")[0]:
            return
        first = dict.fromkeys(self.controls, 0)
        last = {name: len(control.values) - 1 for name, control in self.controls.items()}
        given = [self._values(settings) for settings in (self.defaults, first, last)]
        try:
            why = tracing.differs(program, function, [_taken(program["inputs"], values) for values in given])
        except Exception as error:  # of compute itself: the kernel says it at the setting where it happens
            why = f"{type(error).__name__}: {error}"
        if why:
            raise tracing.Untraceable(why)

    def cell(self, settings):
        """The Answer for one setting: a grid of one."""
        return answers.spoken(self.compute(**self._values(settings)))

    def _refuse_too_large(self):
        """From two values of each of the table's quantities tell what all would take, before computing them."""
        answer = answers.spoken(self.compute(**self._values(self.defaults, lambda control: control.values[:2])))
        answers.check_names(answer, self.drawing.data_gids)
        answers.check_size(answer, list(self.page.values()))

    def _table(self, settings, tight=False):
        """The buffer with the answer to every setting of the table's quantities."""
        answer = answers.spoken(self.compute(**self._values(settings, lambda control: control.values)))
        scenes = {text: self._scene(scene) for text, scene in answer.scenes.items()}
        return self.drawing.encode(answer, list(self.page.values()), scenes, tight)

    def _paint(self, settings):
        """Redraw what stands still, if the quantities it depends on have changed."""
        wanted = self._background_values(settings)
        if wanted != self._painted:
            with self.drawing.in_style():
                self.background(self.drawing.figure, **wanted)
            self.drawing.check_axes()
            self._painted, self._pictured = wanted, False

    def _newest(self, settings):
        """All traits that depend on what the page asks for."""
        self._paint(settings)
        traits = {} if self.programs else {"table": self._table(settings)}
        traits["answered"] = {"key": self._key(settings), "number": self.answered.get("number", 0) + 1}
        if not self._pictured:  # the table may have failed; only now are the pictures counted as sent
            below, above = self.drawing.layers()
            above = b"" if above is None else raster.webp(above)
            traits |= {"frame": self.drawing.frame(), "below": raster.webp(below), "above": above}
            self._pictured = True
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
        self._move(self._scene(values))

    def _move(self, given):
        """Set quantities by the numbers of their values."""
        with self._lock:  # while the page's thread answers, a cell waits for its turn
            settings = dict(self.settings)
            for name in self.follows:
                if name in given and given[name] != self.settings[name]:
                    settings |= self.follows[name][given[name]]
            settings |= given
            asks = self._key(settings) != self._key(self.settings)
            self._show(**self._newest(settings) if asks else {}, settings=settings)

    def control(self, name):
        """An ipywidgets control for a quantity: it can be shown, set, observed and linked.

        name: of the quantity; of one of a pair with .0 or .1 behind it. ValueError if there is none.
        """
        if name not in self.controls:
            raise ValueError(f"no quantity {name!r}; there are {list(self.controls)}")
        if name not in self._widgets:
            widget = self._widgets[name] = self.controls[name].widget(self.settings[name])
            widget.observe(lambda change: self._set_one(name, change["new"]), "value")
        return self._widgets[name]

    def _set_one(self, name, value):
        try:
            self._move({name: self.controls[name].nearest(value)})
        finally:
            self._tell({"new": self.settings})  # the nearest there is

    @traitlets.observe("settings")
    def _tell(self, change):
        """The controls that were asked for say what is set."""
        for name, widget in self._widgets.items():
            widget.value = self.controls[name].value(change["new"][name])

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
            return self.drawing.picture(self.cell(settings), settings["step"], scale=scale, note=note)

    def html(self):
        """Self-contained HTML of the figure as it stands; needs neither kernel nor network."""
        with self._lock:
            settings = self.settings
            self._paint(settings)
            if not self._pictured:
                self.update()
            others, atlas = self._others(settings)
            about = {"spec": self.spec, "settings": settings, "frame": self.frame, "others": others}
            about["answered"] = {"key": self._key(settings)}
            parts = {"below": self.below, "above": self.above, "programs": self.programs, "atlas": atlas}
            parts["table"] = b"" if self.programs else self._table(settings, tight=True)
            return page_html(about, parts, self.picture(settings, scale=1))

    def _others(self, settings):
        """What an exported page shows for other values of what is carried, and for scenes: (key -> table, in what the
        geometry differs, and tiles of pictures; the picture these tiles are taken from)."""
        names, counts = [control.name for control in self.carried], [len(control.values) for control in self.carried]
        carried = [dict(zip(names, numbers, strict=True)) for numbers in itertools.product(*map(range, counts))]
        found, pictures, painted = {self._key(settings): {}}, {}, self._painted
        scenes = [one for scene in self.spec["scenes"].values() for one in scene.get("each", [scene])]
        for moved in (*carried, *scenes):
            other = settings | moved
            key = self._key(other)
            if key in found:
                continue
            self._paint(other)  # a table has places on the paper, so the axes come first
            found[key] = {} if self.programs else {"table": text_of(self._table(other, tight=True))}
            if self._painted != painted:
                now = self.drawing.frame()
                found[key]["frame"] = {name: part for name, part in now.items() if part != self.frame[name]}
                pictures[key] = self.drawing.layers()
        self._paint(settings)
        if not pictures:
            return found, b""
        atlas, tiles = raster.atlas(self.drawing.layers(), pictures.values())
        for key, mine in zip(pictures, tiles, strict=True):
            found[key]["tiles"] = mine
        return found, atlas

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

    def __repr__(self):
        """Short: ipywidgets would spell out the table."""
        return f"{type(self).__name__}: {self.spec.get('alt', '')}"

    def _repr_mimebundle_(self, **kwargs):
        data = {"text/plain": self.spec["alt"]}
        if os.environ.get("COURSE_LIVE") in PAGES:
            return data | {"text/html": self.html()}
        if self.comm is None:
            self.update()
            self.open()
        cells.shows(self)
        width, _ = self.drawing.size
        widget, metadata = super()._repr_mimebundle_(**kwargs)  # Colab finds in the metadata who draws it
        data["image/png"] = base64.b64encode(self.picture(note=NOTE, scale=1)).decode()
        return widget | data, metadata | {"image/png": {"width": int(width), "alt": self.spec["alt"]}}


def _taken(wanted, values):
    """Those of some named values that a function takes, or that are among these names."""
    names = inspect.signature(wanted).parameters if callable(wanted) else wanted
    return {name: value for name, value in values.items() if name in names}


def _heights(surface, options):
    """For a program: the heights of a row of places, and the lowest there is."""

    def function(x, y, **letters):
        ground = surface(**letters, **options)
        height = x.sheet.decided(lambda: ground.value(np.stack([x, np.broadcast_to(y, x.shape)])))
        return {"height": (height, height), "lowest": ([ground.lowest], [ground.lowest])}, {}

    return function
