"""`flask flow` prints both tracks."""

from __future__ import annotations

from flask import Flask

from portal.rules.complaint_flow import Track


def test_flow_prints_a_diagram_of_each_track(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["flow"])
    assert answer.exit_code == 0
    for track in Track:
        assert f"%% {track.value}" in answer.output
    assert answer.output.count("stateDiagram-v2") == len(Track)
    assert "received --> accepted: accept (officer, leader)" in answer.output
