"""Large deformation registration (LDDMM) by geodesic shooting, in batches of pairs."""
