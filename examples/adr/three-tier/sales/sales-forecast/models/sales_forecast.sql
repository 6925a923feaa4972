select month, avg(revenue) over (order by month rows between 2 preceding and current row) as forecast
from {{ source('shop', 'monthly_revenue') }}
