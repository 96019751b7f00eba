from collections.abc import Sequence

def prepare_headers(
    oauth_params: Sequence[tuple[str, str]], headers: dict[str, str], realm: str | None = None
) -> dict[str, str]: ...
