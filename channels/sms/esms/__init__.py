"""eSMS.vn: a Vietnamese gateway for brand names; a repeated RequestId is never sent twice."""
