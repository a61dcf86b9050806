"""AugPaint: keep the boxes around the structures, and paint a new surrounding with a latent diffusion model.

options.py        what is learned and drawn, by profile
frame.py          images whose sides the networks cannot halve
boxes.py          which pixels of a source are kept
noise.py          the diffusion's schedule, and what a denoiser predicts
learning.py       a training that can be stopped, and goes on to the same bits
autoencoder.py    images <-> normalised latents
denoiser.py       the denoising U-Net
learned.py        both as artefacts of a set of images
painter.py        both, ready to paint
sampler.py        inpainting by DDIM, with resampling
samples.py        painted images of one labelled image
judge.py          the small network that scores them
measures.py       what a bank of images is like
kernel_distance.py  how far it is from real images, as a set
bank_artefact.py  scores of the images of a labelled subset, and the choice
made_images.py    strategies that train on a bank
strategy.py       AugPaint itself
augpaint_conditional.py  with a denoiser that is shown what is kept
random_bank.py    the comparator, whose images the baseline makes

Source: Hu and Shi, "Inpainting is All You Need".  What differs is said at each place, and why in docs/augpaint.md.
"""

from segaug.augment.augpaint.strategy import AugPaint

__all__ = ["AugPaint"]
