"""Draw the picture of the README: python scripts/hero.py"""

from pathlib import Path

from course_lib import plots
from course_lib.descent import descend
from course_lib.optimizers import GradientDescent, Momentum, Nesterov

RULES = (GradientDescent(lr=0.074), Momentum(lr=0.04, gamma=0.75), Nesterov(lr=0.04, gamma=0.75))


def draw():
    fig, above, side = plots.figure("One ravine, three ways down", "How high above the star", widths=(1.7, 1))
    for rule in RULES:
        path = descend(rule, "ravine", steps=50)
        plots.draw_path(above, path.theta, rule)
        plots.draw_loss(side, path.loss, rule)
    plots.draw_landscape(above, path.surface)
    plots.draw_start(above, *path.theta[0])
    return fig


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[1] / "docs" / "hero.png"
    target.parent.mkdir(exist_ok=True)
    draw().savefig(target, metadata={"Software": None})
