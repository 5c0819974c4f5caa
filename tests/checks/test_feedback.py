"""What feedback looks like: the same words as HTML and as plain text, nothing of the learner's unescaped."""

import re
from html import unescape

from course_lib import checks
from course_lib.checks.feedback import VERDICTS, Feedback


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def bundle(feedback):
    return feedback._repr_mimebundle_()


def test_html_and_plain_text_say_the_same():
    feedback = Feedback("wrong", "Look at `lr`.", "With lr=1", (("theta", "1", "2"),), "The sign.")
    html, plain = bundle(feedback)["text/html"], bundle(feedback)["text/plain"]
    for part in ("Not yet.", "Look at", "With lr=1", "Which mistake is it?"):
        assert part in words(html) and part in plain


def test_name_of_the_mistake_is_shown_on_request_only():
    feedback = Feedback("wrong", "Look again.", more="The sign.")
    assert "The sign." not in str(feedback)
    assert "The sign." in str(feedback.explain())
    assert bundle(feedback)["text/html"].index("<details") < bundle(feedback)["text/html"].index("The sign.")


def test_what_a_learner_typed_is_escaped():
    html = bundle(checks.walker_and_ball("<script>alert(1)</script>"))["text/html"]
    number = bundle(checks.final_step("<img src=x onerror=alert(1)>"))["text/html"]
    assert "<script" not in html and "<img" not in number and "&lt;img" in number


def test_source_line_of_a_learner_is_escaped():
    def answer(theta, g, delta, lr, gamma):
        raise ValueError("<b>bold</b>")

    assert "<b>" not in bundle(checks.momentum_step(answer))["text/html"]


def test_verdict_is_told_by_word_and_not_by_colour_alone():
    for verdict, (_, word, _) in VERDICTS.items():
        assert word in str(Feedback(verdict, "Something."))


def test_text_colour_is_left_to_the_theme():
    html = bundle(Feedback("right", "Yes."))["text/html"]
    assert not re.search(r"(?<![-\w])color:", html)
