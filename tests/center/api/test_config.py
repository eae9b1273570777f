from pathlib import Path

import pytest

from center.config import Config, ConfigError, load


def written(directory: Path, text: str) -> Path:
    file = directory / "center.toml"
    file.write_text(text, "utf-8")
    return file


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, ""))
    assert config.server == Config().server
    assert config.database.sqlite_file == str(tmp_path.resolve() / "var/center.db")


def test_paths_are_seen_from_the_file(tmp_path: Path) -> None:
    text = """
        [server]
        certificate_file = "tls/center.pem"
        key_file = "/etc/tls/center.key"
        [database]
        dsn = "sqlite:///books.db"
    """
    config = load(written(tmp_path, text))
    assert config.server.certificate_file == str(tmp_path.resolve() / "tls/center.pem")
    assert config.server.key_file == "/etc/tls/center.key"
    assert config.database.sqlite_file == str(tmp_path.resolve() / "books.db")


def test_another_database_has_no_file(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[database]\ndsn = "postgresql://books.example/center"\n'))
    assert config.database.sqlite_file is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[server]\n\nport = 70000\n", ":3: server.port = 70000: it must be 0 to 65535"),
        ('[server]\nport = "8443"\n', ":2: server.port = '8443': it must be"),
        ("[server]\nprot = 1\n", ":2: server.prot is no key; there are address, port"),
        ("[sever]\nport = 1\n", ":1: sever is no section; there are [server]"),
        ("server.port = -1\n", ":1: server.port = -1"),
        ('\n[database]\ndsn = "mysql://secret@x"\n', ":3: database.dsn = ...: it must be"),
        ("[keys]\ninternal = 5\n", ":2: keys.internal = ...: it must be"),
        ('[log]\nlevel = "loud"\n', ":2: log.level = 'loud': it must be \"debug\""),
        ('[server]\nkey_file = "x"\n', ":2: certificate_file and key_file go together"),
        ("[server\n", "line 1"),
    ],
)
def test_a_bad_value_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(file)
    assert str(error.value).startswith(str(file))
    assert complaint in str(error.value)


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    text = "[limits]\nworkers = 0\nplaces = 0\n[log]\nlevel = 1\n"
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, text))
    assert len(str(error.value).splitlines()) == 3


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "center.toml")
    file = tmp_path / "center.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError):
        load(file)
