select cast(ordered_at as date) as day, count(*) as orders, sum(amount) as revenue
from {{ source('shop', 'orders') }}
group by 1
