"""The verbs of the command `segaug`, each with its line of help."""

VERBS = {  # each is segaug/cli/<verb>.py with add_arguments(parser) and run(args) -> int
    "train": "train one trial, or every missing trial of a study",
    "prepare": "learn ahead what strategies learn before training",
    "submit": "send a study to a Slurm cluster and return",
    "status": "what of a study is done, failed or missing",
    "explain": "what happened to a cell or a trial, and what to do about it",
    "collect": "write the records of a study as columns",
    "merge": "join the folders in which machines have run shards of a study",
    "retry": "run the failed trials of a study again",
    "cancel": "end the jobs of a study on the cluster",
    "sync": "build or repair the W&B project of a study from its records",
    "dashboard": "make the W&B workspace and report of a study",
    "fit": "fit the scaling curves of a study",
    "compare": "pair the strategies of a study seed by seed",
    "addition": "what images of other sources do to the error on the base's test set",
    "plan": "what a study costs and what of it is done, or what its design can say",
    "need": "how many labelled images a target needs, by the curves of a study",
    "policy": "show the augmentation policies of a study, or export one",
    "report": "write figures and one HTML page of a study",
    "preview": "draw what a strategy does to images, masks and grids",
    "generate": "write the images that a strategy makes as files to take away",
    "register": "deform one image so that it looks like another",
    "data": "list, check and split the data sets that are on this machine",
    "doctor": "check packages, devices, folders and settings",
    "completion": "print the tab completion of bash, zsh or fish",
}
HYDRA_VERBS = ("train", "prepare", "submit")  # their options too go to Hydra, --help included
