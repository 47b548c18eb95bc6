"""What a person is told when a child keeps dying."""

from __future__ import annotations

from pathlib import Path

import pytest

from finnest.dev import logs


@pytest.mark.parametrize(
    ("last_words", "sentence", "next_step"),
    [
        (
            "write /data/x: no space left on device",
            "sidecar cannot write: the disk is full.",
            "Free some space",
        ),
        ("OSError: [Errno 98] Address already in use", "sidecar cannot listen", "Run it again"),
        ("open x: permission denied", "sidecar may not write where it must.", "Check the owner"),
        (
            "ModuleNotFoundError: No module named 'x'",
            "sidecar misses a Python package",
            "Run `make run` once",
        ),
        ("fork: Cannot allocate memory", "sidecar was refused memory.", "Close some programs"),
    ],
)
def test_a_known_cause_is_one_sentence_and_a_next_step(
    tmp_path: Path, last_words: str, sentence: str, next_step: str
) -> None:
    logs.file_of("sidecar", tmp_path).write_text(f"started\n{last_words}\n")
    problem = logs.explain("sidecar", tmp_path)
    assert problem.message.startswith(sentence)
    assert problem.next_step.startswith(next_step)


def test_an_unknown_cause_is_shown_by_its_last_words(tmp_path: Path) -> None:
    log = logs.file_of("app:payments", tmp_path)
    log.write_text("one\nValueError: no such thing\n\n")
    problem = logs.explain("app:payments", tmp_path)
    assert problem.message == "app:payments keeps dying; its last words: ValueError: no such thing"
    assert problem.next_step == f"Read {tmp_path / 'app-payments.log'}."


def test_a_child_that_said_nothing_is_no_trouble(tmp_path: Path) -> None:
    assert "it printed nothing" in logs.explain("broker", tmp_path).message


def test_a_log_is_bounded_and_its_writer_goes_on(tmp_path: Path) -> None:
    path = logs.file_of("app", tmp_path)
    with path.open("ab") as writer:
        writer.truncate(logs.LARGEST_BYTES + 1)
        logs.rotate(tmp_path)
        writer.write(b"further\n")
    assert path.read_bytes() == b"further\n"
    assert path.with_suffix(".log.1").stat().st_size == logs.LARGEST_BYTES + 1


def test_the_end_of_a_log_is_read_and_nothing_more(tmp_path: Path) -> None:
    path = logs.file_of("app", tmp_path)
    path.write_text("abcdef")
    assert logs.tail(path, 3) == "def"
    assert logs.tail(path.with_name("none.log")) == ""
