# SPDX-License-Identifier: GPL-2.0-or-later
"""One deed for many objects: how it ends early."""

from __future__ import annotations

import threading

import pytest

from cog_browser.storage import many_objects
from cog_browser.storage.errors import Cancelled, TransportError
from cog_browser.storage.many_objects import AT_ONCE, delete_all, each


class Stopper:
    """A progress callback that says stop once so many are done."""

    def __init__(self, after):
        self.after, self.has_stopped = after, threading.Event()

    def __call__(self, done, total):
        if done < self.after:
            return True
        self.has_stopped.set()
        return False


def test_after_many_failures_in_a_row_the_rest_is_left_alone():
    asked = []

    def refuse(item):
        asked.append(item)
        raise TransportError("down")

    results = list(each(range(1000), refuse))
    assert 50 <= len(results) == len(asked) < 70


def test_what_is_no_error_of_ours_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(each([0], lambda item: 1 // item))


def test_cancelled_it_begins_nothing_more_and_waits_for_what_is_on_its_way(monkeypatch):
    monkeypatch.setattr(many_objects, "_GOODBYE", 60.0)
    stop, begun, ended = Stopper(after=2), [], []

    def work(item):
        begun.append(item)
        if item >= 2:
            assert stop.has_stopped.wait(60)

    with pytest.raises(Cancelled) as stopped:
        for item, error in each(range(100), work, stop):
            assert error is None
            ended.append(item)
    assert sorted(ended) == sorted(begun) == list(range(2 + AT_ONCE))
    assert stopped.value.on_the_way == 0


def test_cancelled_it_says_how_many_may_still_be_done(monkeypatch):
    monkeypatch.setattr(many_objects, "_GOODBYE", 0.0)
    stop, go, ended = Stopper(after=2), threading.Event(), []
    with pytest.raises(Cancelled) as stopped:
        for item, _ in each(range(100), lambda item: item < 2 or go.wait(60), stop):
            ended.append(item)
    go.set()
    assert sorted(ended) == [0, 1]
    assert stopped.value.on_the_way == AT_ONCE


def test_one_that_notices_the_end_itself_does_not_hide_the_others(monkeypatch):
    """A copy asks the progress callback as well, and may hear of the end first."""
    monkeypatch.setattr(many_objects, "_GOODBYE", 60.0)
    is_over, ended = threading.Event(), []

    def work(item):
        if item == 0:
            is_over.set()
            raise Cancelled
        assert is_over.wait(60)

    with pytest.raises(Cancelled) as stopped:
        for item, error in each(range(AT_ONCE), work):
            assert error is None
            ended.append(item)
    assert sorted(ended) == list(range(1, AT_ONCE))
    assert stopped.value.on_the_way == 0


def test_cancelled_it_repeats_no_request(monkeypatch):
    monkeypatch.setattr(many_objects, "_GOODBYE", 60.0)
    stop, asked = Stopper(after=1), []

    class Store:
        def delete_object(self, container, key):
            if key != "first":
                asked.append(key)
                assert stop.has_stopped.wait(60)
                raise TransportError("cut")

    with pytest.raises(Cancelled):
        list(delete_all(Store(), "c", ["first", "second"], stop))
    assert asked == ["second"]
