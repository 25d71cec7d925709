"""Every code has its sentence, in both languages."""

import pytest

from regulars.engine.probability import messages
from regulars.engine.probability.results import Candidate


@pytest.mark.parametrize("code", messages.WARNINGS)
def test_warnings_read_in_both_languages(code):
    english, chinese = messages.explain(code, "en"), messages.explain(code, "zh")
    assert english == messages.WARNINGS[code]
    assert chinese != english and any("一" <= letter <= "鿿" for letter in chinese)


def test_notes():
    assert messages.explain_note(0, "zh") == ""
    for code in (messages.NOTE_NO_REPEAT, messages.NOTE_NEW, messages.NOTE_NO_SPEND):
        assert messages.explain_note(code, "en") != messages.explain_note(code, "zh")


def test_choice_is_explained():
    candidates = [
        Candidate("pareto_nbd", 1, -1.004),
        Candidate("mbg_cnbd_k", 1, -1.0),
        Candidate("mbg_cnbd_k", 2, -3.0),
    ]
    assert "MBG/NBD was chosen" in messages.explain_choice(candidates, "mbg_cnbd_k", 1, "en")
    near = messages.explain_choice(candidates, "pareto_nbd", 1, "en")
    assert near.startswith("Pareto/NBD was chosen: MBG/NBD")
    assert messages.explain_choice(candidates, "pareto_nbd", 1, "zh").startswith("选用 Pareto/NBD")
    assert messages.explain_choice([], "pareto_nbd", 1, "en") == ""
    assert messages.model_name("mbg_cnbd_k", 3) == "MBG/CNBD-3"
