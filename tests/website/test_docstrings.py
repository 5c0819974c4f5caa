"""Plain docstrings become reStructuredText that says the same."""

from scripts.website.docstrings import restructured


def test_an_indented_equation_stays_as_it_is():
    told = restructured(["The rule:", "", "    delta = lr * g", "    theta = theta - delta", "", "Source: Polyak."])
    assert "\n".join(told) == "The rule:\n\n::\n\n    delta = lr * g\n    theta = theta - delta\n\nSource: Polyak.\n"


def test_equations_with_a_blank_line_between_them_are_one_block():
    told = restructured(["The rule:", "", "    delta = lr * g", "", "    theta = theta - delta"])
    assert "\n".join(told) == "The rule:\n\n::\n\n    delta = lr * g\n\n    theta = theta - delta\n"


def test_named_lines_become_a_list_with_their_continuations():
    told = restructured(["Runs.", "", "lr: the learning rate,", "    0 or more", "gamma, rho: the memory"])
    assert told[-4:] == ["- **lr**: the learning rate,", "  0 or more", "- **gamma, rho**: the memory", ""]


def test_a_colon_in_the_middle_of_a_paragraph_names_nothing():
    told = restructured(["Both keep the", "learning rate outside the memory: the same path"])
    assert told == ["Both keep the", "learning rate outside the memory: the same path", ""]


def test_what_is_markup_elsewhere_is_itself_here():
    assert restructured(["shape (dim, *sweep), theta_t and |x|"]) == [r"shape (dim, \*sweep), theta\_t and \|x\|", ""]


def test_backquotes_are_code():
    assert restructured(["see `a * b` and *c*"]) == [r"see ``a * b`` and \*c\*", ""]
