"""The network of a trial as its training begins."""

from segaug.batch import Batch
from segaug.experiment.config.schema import Config
from segaug.form import Form
from segaug.known import known_shares
from segaug.models.network import Network, build_with_seed, set_output_bias


def starting_network(config: Config, form: Form, subset: Batch, seed: int) -> Network:
    """Initial weights of this seed and, where the protocol says so, the log-odds of the subset's foreground.

    Its images of added sources do not count, so that training starts from the same weights however many there are.
    """
    network = build_with_seed(config.model, seed, form.channels, form.logits)
    network.inference_precision = config.protocol.inference_precision
    if config.protocol.output_bias == "foreground":
        label = subset.label[subset.source == 0]
        shares = known_shares(label) if subset.ignored else [channel.mean() for channel in label.unbind(1)]
        set_output_bias(network, [share.item() for share in shares])
    return network
