"""The policies of augmentation that strategies have learned."""
