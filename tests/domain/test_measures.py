"""Tables of specs are complete: what is missing is named."""

from __future__ import annotations

from auditor.domain.measures import MEASURES, RUN_MEASURES, TECHNICAL
from auditor.domain.schema import TABLES, names
from auditor.domain.verdicts import CASE_VERDICTS, CLASS_VERDICTS, CaseVerdict, ClassVerdict


def test_every_verdict_has_a_spec() -> None:
    assert set(CaseVerdict) - set(CASE_VERDICTS) == set()
    assert set(ClassVerdict) - set(CLASS_VERDICTS) == set()


def test_colour_is_never_the_only_signal() -> None:
    for specs in (CASE_VERDICTS, CLASS_VERDICTS):
        for field in ("label", "meaning", "sign", "tone"):
            values = {getattr(spec, field) for spec in specs.values()}
            assert len(values) == len(specs), field


def test_every_number_of_a_table_is_a_measure_or_technical() -> None:
    for table, measures in MEASURES.items():
        told = {each.column for each in measures} | TECHNICAL[table]
        told |= {end for each in measures if each.interval for end in (each.low, each.high)}
        numbers = {c.name for c in TABLES[table] if c.kind in ("float", "int", "bool")}
        assert numbers - told == set(), f"{table}: give them a Measure"
        assert told - set(names(table)) == set(), f"{table}: not in the schema"


def test_a_measure_is_named_once_and_explained() -> None:
    for measures in (*MEASURES.values(), RUN_MEASURES):
        for field in ("column", "title", "help"):
            values = [getattr(each, field) for each in measures]
            assert len(set(values)) == len(values), field
        assert all(each.help.endswith(".") for each in measures)


def test_a_null_value_fits_its_format() -> None:
    for measures in MEASURES.values():
        assert {each.null for each in measures} <= {None, 0.0, 0.5, 1.0}
