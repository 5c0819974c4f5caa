"""Momentum in machine learning: the code behind the notebooks.

formulas     formulas in LaTeX as plain words
tracing      functions of numbers, called with letters, write the programs that the page runs
optimizers   the update rules, one equation a class
surfaces     landscapes to walk on: value, gradient, minima, a good start
descent      the one loop that runs an optimizer over a gradient
quadratics   theory only: rates, regimes, best settings, noise on a quadratic
noisy_quadratic  theory only: the expected loss under minibatch noise, for momentum and for averages of places
worst_case   theory only: the function on which no method that sees gradients does well, and how well the best can
curvature    how steep a loss is at a place: Hessian times a vector, its largest eigenvalue, all of it
networks     small networks over one flat parameter vector: loss, gradient, predict
data         the digits, shipped with the package, and small drawn sets
conventions  the same momentum as other libraries write it, and the conversions
training     minibatch training and tuning, on top of the one loop
plots        static drawings, and every colour and size of the course
live         figures that answer at the speed of a hand (knows nothing about momentum)
labs         the live figures of the lessons, one file a lab
checks       the exercises: right answers, known mistakes, laws, hints
grading      a class's notebooks in, a table and a report of its mistakes out
"""

__version__ = "0.1.0"
