-- What a link was signed with (`ct`, ten digits, a dot and 64 hexadecimal ones) was kept with the addresses of forms. Nobody
-- needs it there.
UPDATE checkout_forms SET address = (
    WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < 4000)
    SELECT substr(checkout_forms.address, 1, place - 1) || substr(checkout_forms.address, place + 79) FROM places
    WHERE substr(checkout_forms.address, place, 4) = '&ct=' ORDER BY place LIMIT 1
) WHERE address LIKE '%&ct=__________.________________________________________________________________%';
