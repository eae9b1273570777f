"""The configuration: what is right is typed, what is wrong is told with its line."""

from pathlib import Path

import pytest

from kiosk.engine.config_doc import DOC, document
from kiosk.engine.config_file import ConfigError, keys, load, refuse, sections

GOOD = """\
[terminal]
number = "310001"
operator_name = "示范售电公司"
service_phone = "95598"

[head_office]
url = "https://office.example:8443"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, text))
    return str(raised.value)


def test_smallest_file_gets_the_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.terminal.number == "310001"
    assert config.terminal.operator_name == "示范售电公司"
    assert config.acceptor.denominations_fen == (500, 1000, 2000, 5000, 10000)
    assert config.screen.fullscreen is True


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load(
        written(tmp_path, GOOD + 'ca_file = "office.pem"\n[storage]\ndirectory = "data"\n')
    )
    assert Path(config.head_office.ca_file) == tmp_path / "office.pem"
    assert Path(config.storage.directory) == tmp_path / "data"
    assert load(written(tmp_path, GOOD)).head_office.ca_file == ""


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "[head_office]\nanswer_deadline_s = 900",
            "kiosk.toml:2: head_office.answer_deadline_s = 900: write a whole number from 1 to 60",
        ),
        (
            "[head_office]\nanswer_deadline_s = 1.5",
            "kiosk.toml:2: head_office.answer_deadline_s = 1.5: write a whole number from 1 to 60",
        ),
        (
            'screen.fullscreen = "yes"',
            'kiosk.toml:1: screen.fullscreen = "yes": write true or false',
        ),
        (
            '[terminal]\nlanguage = "fr"',
            'kiosk.toml:2: terminal.language = "fr": write one of "zh", "en"',
        ),
        (
            '[acceptor]\n\n  denominations_fen = ["10"]',
            "kiosk.toml:3: acceptor.denominations_fen = ['10']: write a list of amounts such as [1",
        ),
        ("[acceptor]\nspeed = 9600", "kiosk.toml:2: acceptor.speed is unknown: take it out"),
        ('[printer]\n"urll" = "x"', "kiosk.toml:2: printer.urll is unknown: write url"),
        ("[acceptr]\nurl = 1", "kiosk.toml:1: [acceptr] is unknown: write acceptor"),
        ("speed = 1", "kiosk.toml:1: [speed] is unknown: take it out"),
        ("screen = 3", "kiosk.toml:1: screen: write a section [screen] with keys under it"),
    ],
)
def test_a_bad_line_is_named_with_what_to_write(tmp_path: Path, line: str, complaint: str) -> None:
    assert complaint in problems(tmp_path, line)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    told = problems(tmp_path, '[terminal]\nnumber = "310001"\n')
    assert "kiosk.toml:1: terminal.service_phone is missing: write service_phone = a tele" in told
    assert "kiosk.toml: head_office.url is missing: write url = an address" in told
    assert "number" not in told.replace("telephone number", "")


def test_every_problem_is_told_in_the_order_of_the_lines(tmp_path: Path) -> None:
    told = problems(tmp_path, GOOD + "probe_s = 1\n[terminal2]\n[log]\nfiles = 0\n")
    numbers = [line.split(":")[1] for line in told.splitlines()]
    assert numbers == ["8", "9", "11"]


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    told = problems(tmp_path, GOOD + 'one_time_code = "has a space"\n')
    assert "has a space" not in told
    assert "kiosk.toml:8: head_office.one_time_code = ...: write the code" in told


def test_a_file_that_is_not_toml(tmp_path: Path) -> None:
    assert problems(tmp_path, "[terminal]\nnumber = \n").startswith("kiosk.toml:2: not TOML")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_bytes(b"\xff\xfe[terminal]")
    with pytest.raises(ConfigError, match="save the file as UTF-8"):
        load(tmp_path / "kiosk.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="put the configuration at"):
        load(tmp_path / "nowhere.toml")


def test_a_value_that_only_its_user_can_judge(tmp_path: Path) -> None:
    file = written(tmp_path, '[acceptor]\nmodel = "abacus"\n')
    error = refuse(file, "acceptor.model", "one of ccnet")
    assert str(error) == "kiosk.toml:2: acceptor.model: write one of ccnet"


def test_every_key_has_a_text_and_a_shape() -> None:
    for section in sections():
        for key in keys(section).values():
            assert key.text.endswith("."), key.dotted
            assert key.shape, key.dotted


def test_the_page_is_current() -> None:
    assert DOC.read_text(encoding="utf-8") == document()
