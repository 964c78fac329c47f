"""What the notebooks of "Batch Norm, Measured" share.

page        what stands on the page: claims, predictions, explorers, figures
exercises   check() and the judges of the exercises, a file for each notebook
networks    layers, networks side by side, training and its history
measures    what is measured on a network: signals, gradients, the loss around it, stored statistics
datasets    digits, wine, animals, drawn cats; splits; corruptions
batch_norm  batch norm in NumPy: forward, backward, in use, running averages
seeds       one environment variable shifts every seed
processes   real processes from a notebook
"""
