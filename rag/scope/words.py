"""Common words of company names and titles, which tell nothing by themselves. No company is known here."""

GENERIC = frozenset(
    """
    academy acquisition advanced air airlines alliance allied alpha america american americas analytics
    applied arts asset assets atlantic auto automotive bancorp bancshares bank banking beauty best better
    beyond big biosciences blue brands british broadcasting building business buy cable california canada
    canadian capital care cement center central chemical chemicals china citizens city class clean clear
    clo coast cold commercial communications communities community computer consumer container control
    core country credit data design development devices digital direct discount diversified dollar
    dynamics east eastern education electric electronics energy engineering enterprise enterprises
    entertainment environmental equipment equity europe european exchange express federal fidelity finance
    financial first five food foods foot four free fund funding future gas general genetics german global
    gold good great green group growth hardware health healthcare high holding holdings home hospital
    hotels house human independent india industrial industries information infrastructure innovation
    institute instruments insurance integrated interactive intermediate international internet investment
    investments investors japan kingdom laboratories land lease leasing liberty life light logistics
    london machines management manufacturing marathon marine marketing markets master materials media
    medical merger mobile morgan mortgage motor motors mutual national natural net network networks new
    north northern ocean oil old one online open outdoor pacific paper parent partners partnership payment
    pharma pharmaceutical pharmaceuticals pioneer plains platform power premier prime products
    professional properties property public quality radio rail real realty red research reserve
    residential resorts resource resources restaurants retail royal science sciences sea secure securities
    security semiconductor senior service services silver simple smart software solar solutions south
    southern southwest spirit square standard star state states steel storage stores strategic sub sun
    supply systems target technologies technology telecom texas therapeutics third time tobacco trade
    trading transport transportation trust twenty two union united universal university us usa utilities
    valley value ventures vision water waters wave web west western wholesale wireless women works world
    york
    """.split()
)
"""Words that name no company alone: a name of nothing else is only taken whole and in capitals."""

LEGAL_FORMS = frozenset(
    """
    a ab ag asa association b bv c co companies company corp corporation de gmbh inc incorporated kk l
    limited llc llp lp ltd n na nv oyj p plc pte pty s sa se spa srl v
    """.split()
)
"""What companies are by law: the ends of names that questions leave off."""

SMALL = frozenset(
    """
    & and for in of the
    """.split()
)
"""Words inside of names that initials leave out."""

PAPERS = frozenset(
    """
    addendum agreement amended amendment annual contract copy credit deed doc document draft edgar exhibit
    filing final first form indenture lease note notes policy quarterly report restated schedule second
    series statement supplement supplemental version
    """.split()
)
"""Words of titles and file names that name a kind of paper, not the paper."""

ABBREVIATIONS = frozenset(
    """
    agm ak al all am and ap api ar avg az ca capex cdo ceo ceos cfo clo co cogs coo cost ct cto cy dc dcf
    de dio dpo dso ebit ebitda ebitdar eps esg eu eur fast fcf fl fy ga gaap hi hr ia ic id ifrs il in inc
    ip ipo irs it ks ky la llc low ltd ltm ma max md mda me mi min mn mna mo mom ms mt na nc nd nda ne net
    nh nj nm not nv ny oc oh ok or pa pl plc pm ppe ppne qoq ri rnd roa roe roi roic sc sd sec sga tn ttl
    ttm tx uk us usa usd ut va vt wa wacc wi wv wy yoy ytd
    """.split()
)
"""Abbreviations of questions, states among them, that are taken for no company's initials or symbol."""

TIMES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday fiscal quarter year q1 q2 q3 q4
    """.split()
)
"""Words of dates, which are capitalised beside names without being part of them."""

ORDINARY = frozenset(
    """
    align alphabet altar ambition anchor apple archer arrow aspen autumn ball banner beacon bell block
    bloom bond boot bowl box brink build bumble cardinal caring carnival carrier cars castle catalyst
    centre champion charter chase chef cinch circle clarity clever cloud coach cobalt compass concord core
    crane cross crown cup deck delta desktop discover dish docs dollar domino door dover dream duke eagle
    elevate encore endeavor envision epic equal evolve excite expand explore extreme fair fig flex flow
    flower ford fortune forward fossil fox freedom fresh frontier gap gate gates gentle globe grab harbor
    harmony harvest haven hawk heart heritage honest horizon host hub humble icon impact inspire intact
    iron jack joint key kite lamb land lantern legacy lemonade lending level lever lift limelight link
    links loop lucid lucky lush manifest mark marsh match mercury meta micron mint mirror monster moody
    moon mosaic mountain news noble nova oak odyssey onyx opal opera option oracle orange orbit orchard
    origin pace palm parade park path patriot peak pebble pepper perfect phantom phoenix pilot pinnacle
    planet plug pool post principal progress prosper prudential pure quest rain ranger raven regal regent
    reliance relay remark resolute revolve ribbon ring rise river rocket root rover rush sage sail salt
    scale scout seal select shake shell shift signal signet silk sketch sky slack sleep snap snowflake
    sonic spark spire splash spring sprint sprout stem sterling stitch stone strategy stride summit surge
    swift switch synergy tapestry tilt toast total tower trace tractor trade traveler travelers tribe
    trinity triumph trove twist under union unit unity upland urban vale valor verge victory virgin visa
    vista vital wave willow wolf workday world zebra zest zoom
    """.split()
)
"""Words that companies are called by: in a question without capitals they name none for sure."""
