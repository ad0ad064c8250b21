"""Typed variants that were written before the reader existed; the reader is never tuned on them.

At its first run 63 of 64 were read right, none was refused, and 1 was misread (`-(-i//2)`: in
Python a sign binds tighter than //), which was put right because a misreading is never left.
"""

HELD_OUT: dict[str, tuple[str, ...]] = {
    "dilated": (
        r"size = D*(I - N*(K-1))^2",
        r"D\cdot\left(I-\left(K-1\right)\cdot N\right)^{2}",
        r"D × (I − (K − 1) × N) × (I − (K − 1) × N)",
        r"D [I - (K-1) N]^2",
        r"$D\,\bigl(N - KN + I\bigr)^2$.",
        r"D*pow(I-(K-1)*N, 2)",
        r"\begin{align} size &= (I-(K-1)N)^2 D \\ &= D(I-KN+N)^2 \end{align}",
    ),
    "conv": (
        r"\left\lfloor \frac{I+2P-d\,(K-1)-1}{S} \right\rfloor + 1",
        r"1 + (I + 2*P - d*(K-1) - 1)//S",
        r"math.floor((I+2*P-d*(K-1)-1)/S + 1)",
        r"\lfloor\tfrac{I+2P-dK+d-1}{S}+1\rfloor",
        r"1 + ⌊(I + 2P − d(K−1) − 1) ÷ S⌋",
        r"(I + 2P - d(K-1) - 1 - (I + 2P - d(K-1) - 1) % S)/S + 1",
    ),
    "field": (
        r"1+d₁·(r₁−1)+d₂·(r₂−1)",
        r"1 + \sum_{k=1}^{2} d_k (r_k - 1)",
        r"r_{1} + (d_{1}-1)(r_{1}-1) + d_{2}(r_{2}-1)",
        r"1 + sum(d_k*(r_k-1) for k in range(1, 3))",
        r"d[1]*(r[1]-1) + d[2]*(r[2]-1) + 1",
    ),
    "parameters": (
        r"C_{\text{out}} \cdot C_{\mathrm{in}} \cdot K^2 + C_{\text{out}}",
        r"K·K·Cin·Cout + Cout",
        r"(K² Cᵢₙ + 1) C_out",
        r"\#params = C_{out}\left(K^2 C_{in} + 1\right)",
    ),
    "squeeze": (
        r"C*C/r + C/r*C",
        r"2 \, C^{2} \, r^{-1}",
        r"\frac2r C^2",
        r"C \cdot \frac{C}{r} + \frac{C}{r} \cdot C = \frac{2C^2}{r}",
    ),
    "relu": (
        r"\max\{0, x\}",
        r"x if x > 0 else 0",
        r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"(x + |x|)/2",
        r"x * (x > 0)",
        r"\mathbb{1}[x>0] \, x",
    ),
    "normalise": (
        r"\frac{x-\mu}{\sqrt{\sigma^2+\epsilon}}",
        r"(x - mu) / sqrt(sigma**2 + eps)",
        r"(x−μ)·(σ²+ε)^{-1/2}",
        r"\hat{x} = \left(x - \mu\right) / \left(\sigma^{2} + \varepsilon\right)^{0.5}",
    ),
    "sigmoid": (
        r"\frac{1}{1+e^{-x}}",
        r"½ (1 + tanh(x/2))",
        r"e^x/(1+e^x)",
        r"σ(x)",
    ),
    "tanh slope": (r"1-\tanh^{2}x", r"4/(e^x+e^{-x})^2"),
    "cross entropy": (r"-y\ln p-(1-y)\ln(1-p)", r"y * -log(p) + (y-1)*log(1-p)"),
    "factor": (r"α⁻¹", r"\frac{1}{\alpha}"),
    "attention": (r"2n^2d", r"O(2 d n^{2})"),
    "half up": (r"\left\lceil\frac{i}{2}\right\rceil", r"-(-i//2)", r"\frac{i + (i \bmod 2)}{2}"),
    "cosine": (r"\frac{\eta_0}{2}\left(1+\cos\frac{\pi t}{T}\right)",),
    "adam": (r"\frac{m}{1-\beta_1^t}", r"\hat m = m/(1 - beta1**t)"),
    "softplus": (r"\ln\left(1+e^{x}\right)",),
    "542": (r"30 + 512 = 542", r"3*9+3 + 4*128"),
    "3584": (r"3,584", r"128 × 27 + 128 = 3456 + 128 = 3584 parameters"),
    "138357544": (r"138\,357\,544",),
    "noise": (r"1/\sqrt{B}",),
    "gradient scale": (r"dL/dW = g/alpha",),
    "geometric": (r"\frac{1-q^{n+1}}{1-q}",),
    "softmax": (r"\frac{e^{x_1}}{\sum_{j=1}^{3} e^{x_j}}",),
}
