"""What the tests share: no window is opened, and what a helper would put on the page is caught instead."""

import matplotlib
import pytest
import torch

matplotlib.use("Agg")
torch.set_num_threads(1)  # the tensors are small, and threads that wait for a busy core cost more than they give


@pytest.fixture
def displayed(monkeypatch):
    """displayed(module) returns a list that fills with (data, metadata) of everything the module displays from now on."""

    def catch(module):
        outputs = []

        def display(data, *, raw, metadata=None):
            assert raw, "the data is a bundle of formats, so IPython must not format it again"
            outputs.append((data, metadata or {}))

        monkeypatch.setattr(module, "display", display)
        return outputs

    return catch


@pytest.fixture
def checked(monkeypatch):
    """As where notebooks are stored and tested: a fault of layout raises."""
    monkeypatch.setenv("COURSE_CHECK_LAYOUT", "1")
