"""L-BFGS: exact on quadratics in few evaluations, each row by itself."""

import pytest
import torch
from torch import Tensor

from segaug.registration.lbfgs import Evaluate, minimise


def quadratics(count: int = 3, dimensions: int = 5) -> tuple[Tensor, Tensor]:
    """Random positive definite (count, D, D), eigenvalues about 0.2 to 20, and minima (count, D)."""
    rng = torch.Generator().manual_seed(0)
    root = torch.randn(count, dimensions, dimensions, generator=rng, dtype=torch.float64)
    return root @ root.mT + 0.2 * torch.eye(dimensions), torch.randn(
        count, dimensions, generator=rng, dtype=torch.float64
    )


def bowls(matrix: Tensor, minimum: Tensor) -> Evaluate:
    """(x - minimum)^T matrix (x - minimum) / 2."""

    def evaluate(point: Tensor) -> tuple[Tensor, Tensor]:
        gradient = ((point - minimum)[:, None] @ matrix)[:, 0]
        return ((point - minimum) * gradient).sum(1) / 2, gradient

    return evaluate


def test_quadratics_are_solved():
    matrix, minimum = quadratics()
    point, value = minimise(bowls(matrix, minimum), torch.zeros_like(minimum), 60)
    torch.testing.assert_close(point, minimum, rtol=0, atol=1e-4)
    assert float(value.max()) < 1e-8


def test_equal_curvature_takes_three_evaluations():
    """The start, a first short step, and the full step that it taught."""
    minimum = torch.tensor([[3.0, -1.0], [0.5, 0.5]], dtype=torch.float64)
    matrix = torch.stack([7 * torch.eye(2, dtype=torch.float64), 0.3 * torch.eye(2, dtype=torch.float64)])
    point, _ = minimise(bowls(matrix, minimum), torch.zeros_like(minimum), 3)
    torch.testing.assert_close(point, minimum)


def test_the_value_never_rises_and_is_that_of_the_point():
    matrix, minimum = quadratics()
    evaluate = bowls(matrix, minimum)
    values = []
    for evaluations in range(1, 25):
        point, value = minimise(evaluate, torch.ones_like(minimum), evaluations)
        torch.testing.assert_close(evaluate(point)[0], value)
        values.append(value)
    assert (torch.diff(torch.stack(values), dim=0) <= 0).all()
    assert (values[-1] < 1e-3 * values[0]).all()


def test_it_evaluates_as_often_as_it_is_told():
    matrix, minimum = quadratics()
    calls = []
    inner = bowls(matrix, minimum)

    def counted(point: Tensor) -> tuple[Tensor, Tensor]:
        calls.append(len(point))
        return inner(point)

    minimise(counted, torch.zeros_like(minimum), 7)
    assert calls == [3] * 7


def rosenbrock(point: Tensor) -> tuple[Tensor, Tensor]:
    x = point.detach().requires_grad_()
    value = ((1 - x[:, :-1]) ** 2 + 100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2).sum(1)
    (gradient,) = torch.autograd.grad(value.sum(), x)
    return value.detach(), gradient


def test_a_curved_valley_is_followed():
    start = torch.tensor([[-1.2, 1.0], [2.0, -1.0], [0.0, 0.0]], dtype=torch.float64)
    point, _ = minimise(rosenbrock, start, 200)
    torch.testing.assert_close(point, torch.ones_like(start), rtol=0, atol=1e-4)


def test_rows_do_not_depend_on_their_batch():
    """Of 514 dimensions, where a matrix product would round one row otherwise than three."""
    start = torch.randn(3, 514, generator=torch.Generator().manual_seed(0))
    whole, _ = minimise(rosenbrock, start, 30)
    for row in range(3):
        alone, _ = minimise(rosenbrock, start[row : row + 1], 30)
        assert torch.equal(whole[row : row + 1], alone)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused_and_the_step_shortened(bad):
    """-log(x) + x has its minimum at 1 and no value below 0, where the first full steps lead."""

    def evaluate(point: Tensor) -> tuple[Tensor, Tensor]:
        inside = point[:, 0] > 0
        value = torch.where(inside, point[:, 0] - point[:, 0].clamp_min(1e-30).log(), bad)
        gradient = torch.where(inside[:, None], 1 - 1 / point, bad)
        return value, gradient

    point, value = minimise(evaluate, torch.tensor([[30.0], [1e-3], [1.0]], dtype=torch.float64), 60)
    torch.testing.assert_close(point, torch.ones_like(point), rtol=0, atol=1e-4)
    assert value.isfinite().all()


def test_a_row_without_a_value_stays_and_disturbs_no_other():
    matrix, minimum = quadratics()
    inner = bowls(matrix, minimum)

    def evaluate(point: Tensor) -> tuple[Tensor, Tensor]:
        value, gradient = inner(point)
        broken = torch.tensor([False, True, False])
        return value.masked_fill(broken, float("nan")), gradient.masked_fill(broken[:, None], float("nan"))

    start = torch.ones_like(minimum)
    point, value = minimise(evaluate, start, 30)
    healthy, _ = minimise(inner, start, 30)
    assert torch.equal(point[1], start[1])
    assert value[1].isnan()
    assert torch.equal(point[[0, 2]], healthy[[0, 2]])


def test_a_minimum_is_left_as_it_is_though_its_gradient_is_rounded():
    matrix, minimum = quadratics()
    inner = bowls(matrix, minimum)

    def evaluate(point: Tensor) -> tuple[Tensor, Tensor]:
        value, gradient = inner(point)
        return value, gradient + 1e-7

    point, value = minimise(evaluate, minimum, 10)
    assert torch.equal(point, minimum)
    assert not value.any()
