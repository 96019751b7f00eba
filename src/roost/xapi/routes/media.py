"""Media of the v1.1 API: upload at one path, told apart by `command`, and where files are fetched.

How many calls are allowed was seen in answers; over which time was not, so that the usual quarter
of an hour stands in.
"""

from __future__ import annotations

from roost.xapi import wire_media
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Encoding, Host, Route, Window

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/media/upload-media/api-reference"
_RETRIEVING = (
    "https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments/guides"
    "/retrieving-media (archived)"
)
_UPLOAD = "/1.1/media/upload.json"
_ERRORS = (32, 88, 89, 135, 215)

ROUTES = (
    Route(
        name="media.init",
        method="POST",
        path=_UPLOAD,
        command="INIT",
        source=f"{_SOURCE}/post-media-upload-init (archived)",
        success=202,
        encoding=Encoding.FORM,
        host=Host.UPLOAD,
        response=wire_media.Uploaded,
        windows=(Window(200, QUARTER_HOUR),),
        errors=(*_ERRORS, 38),
    ),
    Route(
        name="media.append",
        method="POST",
        path=_UPLOAD,
        command="APPEND",
        source=f"{_SOURCE}/post-media-upload-append (archived)",
        success=204,
        encoding=Encoding.MULTIPART,
        host=Host.UPLOAD,
        windows=(Window(20_000, QUARTER_HOUR),),
        errors=(*_ERRORS, 38, 325),
    ),
    Route(
        name="media.finalize",
        method="POST",
        path=_UPLOAD,
        command="FINALIZE",
        source=f"{_SOURCE}/post-media-upload-finalize (archived)",
        success=201,
        encoding=Encoding.FORM,
        host=Host.UPLOAD,
        response=wire_media.Uploaded,
        windows=(Window(615, QUARTER_HOUR),),
        errors=(*_ERRORS, 38, 325),
    ),
    Route(
        name="media.upload",
        method="POST",
        path=_UPLOAD,
        source=f"{_SOURCE}/post-media-upload (archived)",
        encoding=Encoding.MULTIPART,
        host=Host.UPLOAD,
        response=wire_media.Uploaded,
        windows=(Window(415, QUARTER_HOUR),),
        errors=(*_ERRORS, 38),
    ),
    Route(
        name="media.status",
        method="GET",
        path=_UPLOAD,
        source=f"{_SOURCE}/get-media-upload-status (archived)",
        host=Host.UPLOAD,
        response=wire_media.Uploaded,
        windows=(Window(500, QUARTER_HOUR),),
        errors=(*_ERRORS, 38, 325),
    ),
    Route(
        name="media.metadata.create",
        method="POST",
        path="/1.1/media/metadata/create.json",
        source=f"{_SOURCE}/post-media-metadata-create (archived)",
        encoding=Encoding.JSON,
        host=Host.UPLOAD,
        request=wire_media.Metadata,
        errors=(*_ERRORS, 214, 325),
    ),
    Route(
        name="media.private",
        method="GET",
        path="/1.1/ton/data/dm/{event_id}/{media_id}/{file}",
        source=_RETRIEVING,
        host=Host.TON,
        # Nothing has to be proved for what was uploaded with `shared`.
        auth=frozenset({Auth.OAUTH1_USER, Auth.NONE}),
        errors=(32, 34, 89, 93, 135, 220),
    ),
    Route(
        name="media.preview",
        method="GET",
        path="/dm_gif_preview/{media_id}/{file}",
        aliases=(
            "/dm_video_preview/{media_id}/{file}",
            "/tweet_video_thumb/{file}",
            "/ext_tw_video_thumb/{media_id}/pu/img/{file}",
        ),
        source=_RETRIEVING,
        host=Host.PICTURES,
        auth=frozenset({Auth.NONE}),
        errors=(34,),
    ),
    Route(
        name="media.film",
        method="GET",
        path="/dm_gif/{media_id}/{file}",
        aliases=(
            "/dm_video/{media_id}/{file}",
            "/tweet_video/{file}",
            "/ext_tw_video/{media_id}/pu/vid/{size}/{file}",
        ),
        source=_RETRIEVING,
        host=Host.VIDEOS,
        auth=frozenset({Auth.NONE}),
        errors=(34,),
    ),
    Route(
        name="media.avatar",
        method="GET",
        path="/media/{file}",
        source="https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles"
        "/api-reference/get-profile (archived)",
        host=Host.PICTURES,
        auth=frozenset({Auth.NONE}),
        errors=(34,),
    ),
)
