select campaign_id, sum(clicks) as clicks, sum(spend) / nullif(sum(clicks), 0) as cost_per_click
from {{ source('ads', 'daily_campaigns') }}
group by campaign_id
