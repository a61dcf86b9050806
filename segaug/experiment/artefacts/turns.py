"""In which order artefacts are made: none before those that it needs, so that no worker waits for another's."""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

from segaug.experiment.artefacts.make_one import Request
from segaug.experiment.machine.workers import NOT_YET


class Turns:
    """Gives out requests, the first first of those of which nothing is missing; NOT_YET where there is none."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._requests = requests
        self.given: list[int] = []  # places in `requests`, in the order in which they were given out
        self._open = set(range(len(requests)))  # neither made nor failed
        self._waiters: dict[str, list[int]] = {}  # name -> who needs it
        names = {request.name for request in requests}
        self._missing = [names.intersection(request.needs) for request in requests]
        for place, request in enumerate(requests):
            for name in request.needs:
                self._waiters.setdefault(name, []).append(place)
        self._ready = [place for place, missing in enumerate(self._missing) if not missing]

    def __iter__(self) -> Iterator[Any]:  # of Request and NOT_YET
        """Requests; whoever iterates says of each what became of it."""
        while self._open:
            if self._ready:
                self.given.append(heappop(self._ready))
                yield self._requests[self.given[-1]]
            else:
                assert self._open.intersection(self.given), "artefacts that need each other"
                yield NOT_YET

    def made(self, place: int) -> None:
        """It is there now."""
        self._open.discard(place)
        name = self._requests[place].name
        for waiter in self._waiters.get(name, ()):
            self._missing[waiter].discard(name)
            if waiter in self._open and not self._missing[waiter]:
                heappush(self._ready, waiter)

    def failed(self, name: str) -> list[int]:
        """It cannot be used; returns the places of those that need it, or what needs it, which are given up."""
        self._open -= {place for place in self._open if self._requests[place].name == name}
        fallen = [place for place in self._waiters.get(name, ()) if place in self._open]
        self._open.difference_update(fallen)
        self._ready = [place for place in self._ready if place in self._open]
        return fallen + [place for one in fallen for place in self.failed(self._requests[one].name)]
