"""The one way in which a rule says no."""

from moto.ec2.exceptions import EC2ClientError


def refusal(code: str, message: str) -> EC2ClientError:
    """An EC2 error answer; the caller raises it."""
    return EC2ClientError(code, message)
