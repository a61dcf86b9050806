import pytest
import torch

from segaug.augment.discrepancy import class_means, discrepancy
from segaug.augment.feature_discrepancy import FeatureDiscrepancy
from segaug.augment.layer_masks import LayerMasks, union
from segaug.augment.layer_weights import LayerWeights
from segaug.errors import ConfigError
from tests.augment.layer_losses import LAYERS, context_of, half_hearts, is_the_baseline, network, trained, vector
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import SIZE


@pytest.mark.parametrize("options", [{"mode": "off"}, {"alpha_max": 0.0}])
def test_without_a_weight_it_is_the_baseline_to_the_bit(options):
    assert is_the_baseline(FeatureDiscrepancy(**options))


@pytest.mark.slow
def test_every_option_changes_what_is_learned():
    """But for `norm`, which adds a constant to the loss: it counts where weights are learned."""
    options = [
        {},
        {"exchangeable": False},
        {"alpha_max": 0.2},
        {"warmup_share": 0.0},
        {"separation": "area_norm"},
        {"swapped_bg": True},
        {"layers": "encoder"},
        {"layers": ["bottleneck"]},
        {"pooled_taps": True},
    ]
    results = [vector(trained(FeatureDiscrepancy(**each))[0]) for each in options]
    same = [(options[i], options[j]) for j in range(len(results)) for i in range(j) if results[i].equal(results[j])]
    assert same == []


def layer_losses(model, subset):
    masks = LayerMasks(union(subset.label))
    with torch.no_grad():
        return {
            name: discrepancy(class_means(features, masks.like(features))).item()
            for name, features in model.features(subset.image)[1].items()
        }


def test_training_with_it_lowers_it_in_the_layers_that_it_looks_at():
    subset, values = hearts(5, SIZE), {}
    for alpha in (0.0, 1.0):
        strategy = FeatureDiscrepancy(alpha_max=alpha, warmup_share=0.0, layers=["encoder2", "bottleneck"])
        result, _ = trained(strategy)
        model = network()
        result.last.load(model, strategy, None)
        values[alpha] = layer_losses(model, subset)
    for name in ("encoder2", "bottleneck"):
        assert values[1.0][name] < values[0.0][name] - 0.01


def test_a_rerun_is_the_same():
    assert torch.equal(vector(trained(FeatureDiscrepancy())[0]), vector(trained(FeatureDiscrepancy())[0]))


def test_several_structures_and_bfloat16_are_trained_on():
    result, _ = trained(FeatureDiscrepancy(), half_hearts)
    half, _ = trained(FeatureDiscrepancy(), precision="bfloat16")
    assert vector(result).isfinite().all()
    assert vector(half).isfinite().all()


def test_learned_weights_are_kept_with_the_trial_and_told():
    strategy = FeatureDiscrepancy(mode="learned_clip")
    result, weights = trained(strategy)
    assert isinstance(weights, LayerWeights)
    assert set(result.last.strategy) == {"alpha", "moved"}
    told = strategy.facts(weights, {})["layer_weights"]
    assert [*told["alpha"]] == LAYERS
    assert [*told["alpha"].values()] == pytest.approx(result.last.strategy["alpha"].tolist())
    assert strategy.facts(None, {}) == {}


def test_learned_weights_that_never_move_leave_the_baseline():
    """The loss of every layer is positive here, as at the start of all networks tried."""

    class Small(FeatureDiscrepancy):
        def _tap(self, name, features):
            return 1e-3 * features

    strategy = Small(mode="learned_clip")
    assert is_the_baseline(strategy)
    assert strategy.facts(trained(strategy)[1], {})["layer_weights"]["never_left_zero"] == 1


def test_an_unknown_layer_is_refused_before_training_with_the_layers_that_there_are():
    subset = hearts(5, SIZE)
    with pytest.raises(ConfigError, match="the layers of this network are encoder1, encoder2, encoder3, bottleneck"):
        FeatureDiscrepancy(layers=["encoder9"]).prepare(context_of(subset))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("p", 0.5),
        ("mode", "learned"),
        ("separation", "area"),
        ("norm", "sum"),
        ("alpha_max", -0.1),
        ("alpha_max", float("inf")),
        ("warmup_share", 1.5),
        ("layers", "middle"),
    ],
)
def test_other_values_are_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=rf"augment\.{option} in conf/augment/feature_discrepancy\.yaml"):
        FeatureDiscrepancy(**{option: value})


def test_the_fault_of_the_released_code_is_one_of_the_literal_form():
    with pytest.raises(ConfigError, match=r"augment\.swapped_bg.*separation=literal"):
        FeatureDiscrepancy(swapped_bg=True, separation="area_norm")
