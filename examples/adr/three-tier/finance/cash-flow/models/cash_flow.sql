select booked_on, sum(case when direction = 'in' then amount else -amount end) as net
from {{ source('ledger', 'bookings') }}
group by booked_on
