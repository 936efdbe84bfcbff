"""The proof that no acknowledged complaint is lost: `python -m benchmarks.crash`.

Many people file at once, through the real steps over HTTP, while the portal is killed with
SIGKILL at random moments and started again. Then everything that was ever acknowledged is
looked for (`checks`), and planted faults show that the look-out sees (`plants`).
"""
