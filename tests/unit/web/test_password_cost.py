"""What a stolen hash costs whoever guesses at it."""

from argon2 import PasswordHasher


def test_a_password_is_kept_as_argon2id_of_19_mib_and_two_passes(product_hasher: PasswordHasher) -> None:
    assert product_hasher.hash("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
