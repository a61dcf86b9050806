"""`python -m segaug` is the command `segaug`."""

import sys

from segaug.cli.main import main

sys.exit(main())
