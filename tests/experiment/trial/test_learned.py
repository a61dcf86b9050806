from segaug.augment.artefact import Artefact, Content
from segaug.experiment.trial.learned import Learned

CONTENTS = {
    "momenta": Content({}, {"targets": 3}),
    "genda": Content({}, {"health": {"spread": 0.5}}),
    "generator_deformation": Content(
        {}, {"health": {"spread": 0.25}, "updates": 320, "chosen_update": 96, "cpu_seconds": 12.5}
    ),
}


def artefact(kind):
    return Artefact(kind, {"of": kind}, lambda previous, tell: CONTENTS[kind])


def obtained(*kinds):
    learned = Learned(lambda artefact: CONTENTS[artefact.kind])
    for kind in kinds:
        assert learned.obtain(artefact(kind)) is CONTENTS[kind]
    return learned


def test_it_remembers_what_knows_how_good_it_is():
    learned = obtained("momenta", "generator_deformation", "genda", "generator_deformation")
    assert learned.facts() == [
        {
            "artefact": artefact("generator_deformation").name,
            "kind": "generator_deformation",
            "updates": 320,
            "chosen_update": 96,
            "health": {"spread": 0.25},
        },
        {
            "artefact": artefact("genda").name,
            "kind": "genda",
            "updates": None,
            "chosen_update": None,
            "health": {"spread": 0.5},
        },
    ]


def test_its_cost_is_known_where_somebody_measured_it():
    assert obtained("generator_deformation", "genda").cpu_seconds == 12.5
    assert obtained("genda", "momenta").cpu_seconds is None
    assert obtained().facts() == []
