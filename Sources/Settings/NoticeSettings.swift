package import Core

/// A way to reach people that is not mail.
package enum ChannelSettings: Sendable, Hashable {
    /// Incoming webhooks; the address is the secret.
    case slack(SecretReference)
    case mattermost(SecretReference)
    case teams(SecretReference)
    /// A program and its arguments, given one JSON document on standard input.
    case command([String])
}

/// Whom messages reach.
package struct NoticeSettings: Sendable, Hashable {
    /// For owners that are nobody in `people:`; the first that matches decides.
    package var routes: [Route]
    /// Who gets the full weekly edition, and what nobody else can be found for.
    package var platform: [Recipient]

    package init(routes: [Route] = [], platform: [Recipient] = []) {
        self.routes = routes
        self.platform = platform
    }

    package struct Route: Sendable, Hashable {
        /// A glob over the owner's name.
        package var owner: String
        /// `{owner}` in an address stands for the owner's name.
        package var to: [Recipient]

        package init(owner: String, to: [Recipient]) {
            self.owner = owner
            self.to = to
        }
    }
}

/// How the nightly job runs, and who hears of it.
package struct NightSettings: Sendable, Hashable {
    /// No further step begins after this long.
    package var within: Duration
    /// A night is missing when none ended well for this long.
    package var every: Duration
    /// Where starts, successes and failures are told; healthchecks' conventions.
    package var ping: SecretReference?
    /// A file for Prometheus's textfile collector.
    package var metrics: String?

    package init(
        within: Duration = .seconds(2 * 3_600),
        every: Duration = .seconds(26 * 3_600),
        ping: SecretReference? = nil,
        metrics: String? = nil
    ) {
        self.within = within
        self.every = every
        self.ping = ping
        self.metrics = metrics
    }
}

/// How the weekly mail looks.
package struct ReportSettings: Sendable, Hashable {
    /// A folder whose templates stand in for those of the program.
    package var templates: String?
    /// In which zone days, weeks and times are said; an IANA name.
    package var zone: String

    package init(templates: String? = nil, zone: String = "UTC") {
        self.templates = templates
        self.zone = zone
    }
}

/// How long what was recorded is kept.
package struct RetentionSettings: Sendable, Hashable {
    /// Scans and their readings, but for the newest of each target, and what components that went had inside.
    package var scans: Duration
    /// Evaluations, but for one a week.
    package var evaluations: Duration
    /// The text of messages that are not sent any more.
    package var messages: Duration
    /// The audit log; nil keeps it for ever.
    ///
    /// Older entries are archived with their hashes before they leave.
    package var audit: Duration?

    package init(
        scans: Duration = .seconds(90 * 86_400),
        evaluations: Duration = .seconds(400 * 86_400),
        messages: Duration = .seconds(180 * 86_400),
        audit: Duration? = nil
    ) {
        self.scans = scans
        self.evaluations = evaluations
        self.messages = messages
        self.audit = audit
    }
}
