import Core

/// A setting that is one value: it can be said by an option or an environment variable, too.
struct SettingKey: Sendable {
    /// As it stands in the settings file, with dots.
    let path: String
    /// The value as it could be written; nil where there is none.
    let value: @Sendable (Settings) -> String?

    var parts: [String] { path.split(separator: ".").map(String.init) }
}

enum SettingKeys {
    /// In the order of the settings file's documentation.
    static let all: [SettingKey] =
        targets + general + mail + [
            SettingKey(path: "night.within") { DurationText.format($0.night.within) },
            SettingKey(path: "night.every") { DurationText.format($0.night.every) },
            SettingKey(path: "night.ping") { $0.night.ping?.description },
            SettingKey(path: "night.metrics") { $0.night.metrics },
            SettingKey(path: "report.templates") { $0.report.templates },
            SettingKey(path: "report.zone") { $0.report.zone },
            SettingKey(path: "retention.scans") { DurationText.format($0.retention.scans) },
            SettingKey(path: "retention.evaluations") { DurationText.format($0.retention.evaluations) },
            SettingKey(path: "retention.messages") { DurationText.format($0.retention.messages) },
            SettingKey(path: "retention.audit") { $0.retention.audit.map(DurationText.format) ?? "never" },
            SettingKey(path: "signals.invocations") { $0.signals.invocations ? "on" : "off" },
            SettingKey(path: "cost.read") { $0.cost.isRead ? "on" : "off" },
            SettingKey(path: "cost.tag") { $0.cost.tag },
            SettingKey(path: "cost.metric") { $0.cost.metric.rawValue },
            SettingKey(path: "runtimes") { $0.runtimesFile },
            SettingKey(path: "policy") { $0.policyFiles.joined(separator: ", ") },
        ]

    /// Those that hold things of the user's own naming, in the order of the settings file's documentation.
    static let lists = [
        "accounts", "organization.regions", "organization.include", "organization.exclude", "spaces", "people",
        "names.permanent", "names.services", "names.beginnings", "names.patterns", "names.exclude", "names.tag_keys",
        "names.architect", "owners.tags", "owners.rules", "owners.ci_roles", "repositories", "teardown.empty",
        "reap.alarms",
        "mail.domains", "channels", "notices.routes", "notices.platform",
    ]

    /// Lists and mappings, which stand in the settings file alone.
    static let manyValued =
        lists + [
            "organization", "scan", "names", "owners", "aws", "timings", "load", "teardown", "reap", "tombstones",
            "mail",
            "mail.smtp", "mail.ses", "notices", "night", "report", "retention", "signals", "cost",
        ]

    /// Of each group there can be only one: a stronger layer's choice replaces a weaker layer's.
    static let alternatives = [
        ["database.url", "database.url_env", "database.url_file", "database.url_from"],
        ["mail.smtp", "mail.sendmail", "mail.ses", "mail.drop"],
        ["organization.external_id", "organization.external_id_from"],
    ]

    /// `CURFEW_NIGHT_WITHIN` for `night.within`.
    static func variable(_ path: String) -> String { "CURFEW_" + path.uppercased().replacing(".", with: "_") }

    /// Variables that say something else than a setting.
    static let otherVariables = [
        "CURFEW_SETTINGS", "CURFEW_DATA_DIR", "CURFEW_DATABASE_URL", "CURFEW_PAUSE", "CURFEW_SERVER_USER",
    ]

    private static let targets = [
        SettingKey(path: "organization.account") { $0.organization?.account?.text },
        SettingKey(path: "organization.profile") { $0.organization?.profile },
        SettingKey(path: "organization.role") { $0.organization?.role.text },
        SettingKey(path: "organization.external_id") { $0.organization?.externalID },
        SettingKey(path: "organization.external_id_from") { $0.organization?.externalIDFrom?.description },
        SettingKey(path: "scan.within") { DurationText.format($0.scan.within) },
        SettingKey(path: "scan.per_target") { DurationText.format($0.scan.perTarget) },
    ]

    private static let general = [
        SettingKey(path: "owners.cloudtrail") { $0.owners.asksCloudTrail ? "on" : "off" },
        SettingKey(path: "owners.fallback") { $0.owners.fallback?.text },
        SettingKey(path: "database") { $0.database == .embedded ? "embedded" : nil },
        SettingKey(path: "database.url") { if case .url(let url) = $0.database { url } else { nil } },
        SettingKey(path: "database.url_env") { if case .environment(let name) = $0.database { name } else { nil } },
        SettingKey(path: "database.url_file") { if case .file(let file) = $0.database { file } else { nil } },
        SettingKey(path: "database.url_from") { settings in
            if case .secret(let reference) = settings.database { reference.description } else { nil }
        },
        SettingKey(path: "aws.endpoint") { $0.awsEndpoint?.url },
        SettingKey(path: "timings.observe") { DurationText.format($0.timings.observe) },
        SettingKey(path: "timings.reap_for") { DurationText.format($0.timings.reapFor) },
        SettingKey(path: "timings.confirm_gone") { DurationText.format($0.timings.confirmGone) },
        SettingKey(path: "timings.executor_lease") { DurationText.format($0.timings.executorLease) },
        SettingKey(path: "timings.signature_window") { DurationText.format($0.timings.signatureWindow) },
        SettingKey(path: "load.requests_per_second") { LoadSettings.text($0.load.requestsPerSecond) },
        SettingKey(path: "load.burst") { String($0.load.burst) },
        SettingKey(path: "teardown.log_groups") { $0.teardown.deletesLogGroups ? "delete" : "keep" },
        SettingKey(path: "reap.parallel") { String($0.reap.parallel) },
        SettingKey(path: "reap.waves") { String($0.reap.waves) },
        SettingKey(path: "reap.stop_after_failures") { "\($0.reap.stopAfterFailures)%" },
        SettingKey(path: "breaker") { "\($0.breaker.percent)%" },
        SettingKey(path: "tombstones.keep") { DurationText.format($0.keepTombstones) },
    ]

    private static let mail = [
        SettingKey(path: "mail.from") { $0.mail?.from },
        SettingKey(path: "mail.reply_to") { $0.mail?.replyTo },
        SettingKey(path: "mail.smtp.host") { $0.mail?.smtp?.host },
        SettingKey(path: "mail.smtp.port") { ($0.mail?.smtp?.port).map(String.init) },
        SettingKey(path: "mail.smtp.security") { $0.mail?.smtp?.security.rawValue },
        SettingKey(path: "mail.smtp.user") { $0.mail?.smtp?.user },
        SettingKey(path: "mail.smtp.password") { $0.mail?.smtp?.password?.description },
        SettingKey(path: "mail.smtp.authorities") { $0.mail?.smtp?.authorities },
        SettingKey(path: "mail.sendmail") { settings in
            if case .sendmail(let path) = settings.mail?.transport { path } else { nil }
        },
        SettingKey(path: "mail.ses.region") { settings in
            if case .ses(let region, _) = settings.mail?.transport { region.text } else { nil }
        },
        SettingKey(path: "mail.ses.profile") { settings in
            if case .ses(_, let profile) = settings.mail?.transport { profile } else { nil }
        },
        SettingKey(path: "mail.drop") { settings in
            if case .drop(let folder) = settings.mail?.transport { folder } else { nil }
        },
        SettingKey(path: "mail.unsubscribe") { $0.mail?.unsubscribe },
    ]
}

extension MailSettings {
    fileprivate var smtp: SMTP? { if case .smtp(let smtp) = transport { smtp } else { nil } }
}
