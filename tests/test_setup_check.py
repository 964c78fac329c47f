import pytest

from helpers.page import setup_check


def test_a_complete_installation_is_passed_over_in_silence(capsys):
    setup_check.check_setup()
    assert capsys.readouterr().out == ""


def test_every_missing_or_old_package_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(setup_check, "OLDEST", {"numpy": "99.1", "no-such-package": "1.0"})
    with pytest.raises(RuntimeError, match=r"numpy is .*, needed is 99.1.*no-such-package is not installed.*pip install -r"):
        setup_check.check_setup()


def test_versions_are_compared_as_numbers(monkeypatch):
    monkeypatch.setattr(setup_check, "version", lambda name: "3.10.0+cpu")
    assert setup_check._fault("matplotlib", "3.9") == ""
    assert setup_check._fault("matplotlib", "3.11")
