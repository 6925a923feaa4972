select session_id, last_value(channel) over (partition by session_id order by seen_at) as channel
from {{ source('web', 'page_views') }}
