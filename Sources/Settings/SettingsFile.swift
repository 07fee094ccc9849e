import Core
package import Foundation

/// Reads `curfew.yaml`.
package enum SettingsFile {
    static let example =
        "accounts: [{ id: \"123456789012\", name: sandbox, profile: sandbox, regions: [eu-central-1] }]"

    /// The settings that the bytes say, or everything that is wrong with them.
    ///
    /// Problems are reported under the name `file`; nothing is read from it.
    package static func parse(_ bytes: Data, file: String) throws(SettingsProblems) -> Settings {
        try read(bytes, file: file).settings
    }

    /// The same under what options and variables say, and where each value came from.
    package static func read(
        _ bytes: Data,
        file: String,
        under layers: SettingsLayers = SettingsLayers()
    ) throws(SettingsProblems) -> LayeredSettings {
        var origins: [String: SettingOrigin] = [:]
        var lists: [EffectiveSetting] = []
        let settings = try YAMLDocument.read(bytes, file: file, example: example) { root, list in
            for key in SettingKeys.all {
                origins[key.path] = YAMLOverlay.line(of: key, in: root).map { .file(file, line: $0) }
            }
            lists = SettingKeys.lists.compactMap { path in
                YAMLOverlay.count(of: path, in: root).map { entries, line in
                    let value = "\(entries) \(entries == 1 ? "entry" : "entries")"
                    return EffectiveSetting(key: path, value: value, origin: .file(file, line: line))
                }
            }
            var overlay = YAMLOverlay()
            let merged = overlay.applied(layers.said(list), to: root)
            // What nobody will use is judged, too: it would be in use the day the variable is gone.
            let shadowed = ProblemList(file: file)
            shadowed.only = overlay.replaced
            _ = YAMLEntry(root, path: "", shadowed).settings()
            list.take(shadowed)
            list.origins = overlay.origins
            origins.merge(overlay.origins) { $1 }
            return merged
        } _: {
            $0.settings()
        }
        let effective = SettingKeys.all.map { key in
            let value = key.value(settings)
            // What a stronger layer replaced is not there any more, wherever it stood.
            let origin = value == nil ? .standard : origins[key.path] ?? .standard
            return EffectiveSetting(key: key.path, value: value, origin: origin)
        }
        return LayeredSettings(
            settings: settings,
            effective: lists + effective,
            warnings: layers.warnings(used: settings.usedVariables)
        )
    }
}

extension YAMLEntry {
    fileprivate func settings() -> Settings? {
        let keys = [
            "accounts", "organization", "scan", "spaces", "people", "names", "owners", "repositories", "database",
            "aws",
            "timings", "load", "teardown", "reap", "breaker", "tombstones", "mail", "channels", "notices", "night",
            "report",
            "retention", "signals", "cost", "runtimes", "policy",
        ]
        let hasOrganization = keyNames.contains("organization")
        let required = hasOrganization ? [] : ["accounts"]
        guard let parts = mapping(keys, required: required, example: SettingsFile.example) else { return nil }
        var settings = Settings()
        settings.accounts = parts["accounts"]?.accounts(orNone: hasOrganization) ?? []
        settings.organization = parts["organization"]?.organization(settings.accounts)
        settings.scan = parts["scan"]?.scanSettings() ?? settings.scan
        settings.spaces = parts["spaces"]?.spaces(settings.accounts, anyAccount: hasOrganization) ?? [:]
        settings.people = parts["people"]?.people() ?? []
        settings.names = parts["names"]?.nameRules() ?? NameRules()
        settings.owners =
            parts["owners"]?.ownerRules(
                accounts: settings.accounts,
                spaces: Set(settings.spaces.keys).union(settings.spaceNames)
            ) ?? OwnerRules()
        settings.repositories = parts["repositories"]?.repositories(spaces: settings.spaceNames) ?? []
        settings.database = parts["database"]?.database() ?? .embedded
        settings.awsEndpoint = parts["aws"]?.awsEndpoint()
        settings.timings = parts["timings"]?.timings(loopback: settings.awsEndpoint?.isLoopback ?? false) ?? Timings()
        settings.load = parts["load"]?.load() ?? LoadSettings()
        settings.teardown = parts["teardown"]?.teardownRules() ?? TeardownRules()
        settings.reap = parts["reap"]?.pacing() ?? Pacing()
        settings.breaker = parts["breaker"]?.breaker() ?? Breaker()
        settings.keepTombstones = parts["tombstones"]?.tombstones() ?? settings.keepTombstones
        settings.mail = parts["mail"]?.mail()
        settings.channels = parts["channels"]?.channels() ?? [:]
        settings.notices = parts["notices"]?.notices(channels: parts["channels"]) ?? NoticeSettings()
        settings.night = parts["night"]?.night() ?? NightSettings()
        settings.report = parts["report"]?.report() ?? ReportSettings()
        settings.retention = parts["retention"]?.retention() ?? RetentionSettings()
        settings.signals = parts["signals"]?.signalRules() ?? SignalRules()
        settings.cost = parts["cost"]?.costRules() ?? CostRules()
        settings.runtimesFile = parts["runtimes"]?.text("a file", example: "lambda-runtimes.csv")
        settings.policyFiles = parts["policy"]?.policyFiles() ?? settings.policyFiles
        return settings
    }

    /// A file, a folder or a name with `*`, or several of them.
    private func policyFiles() -> [String]? {
        let expected = "a file, a folder, or a list of them"
        let example = "[base.yaml, \"teams/*.yaml\"]"
        let words = items(expected, example: example, orSingle: true)?.map { item -> String? in
            guard let word = item.text(expected, example: example) else { return nil }
            guard !word.contains("**") else {
                return item.wrong(
                    "\(quoted(word)) has `**`",
                    "`*` stands for one name: name each level, as in `teams/*/*.yaml`"
                )
            }
            return word
        }
        guard let words, words.allSatisfy({ $0 != nil }) else { return nil }
        return words.compactMap(\.self)
    }

    private func awsEndpoint() -> Endpoint? {
        guard
            let parts = mapping(
                ["endpoint"],
                required: ["endpoint"],
                example: "{ endpoint: \"http://127.0.0.1:4566\" }"
            ),
            let entry = parts["endpoint"]
        else { return nil }
        guard let text = entry.scalar, let url = URLComponents(string: text), ["http", "https"].contains(url.scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil, url.query == nil,
            url.fragment == nil
        else {
            return entry.unexpected("an http or https address without credentials", example: "http://127.0.0.1:4566")
        }
        return Endpoint(url: text, isLoopback: isLoopback(host: host))
    }

    private func database() -> DatabaseReference? {
        let example = "{ url: \"postgresql://db.example.com/curfew\" }"
        if let text = scalar {
            return text == "embedded" ? .embedded : unexpected("`embedded` or a mapping", example: example)
        }
        let known = ["url", "url_env", "url_file", "url_from"]
        guard let parts = mapping(known, example: example) else { return nil }
        let given = parts.entries.filter { known.contains($0.key) }
        guard given.count == 1, let (key, entry) = given.first else {
            return wrong("`\(path)` needs exactly one of \(known.joined(separator: ", "))", "for example `\(example)`")
        }
        switch key {
        case "url": return entry.databaseURL().map(DatabaseReference.url)
        case "url_env":
            return entry.text("an environment variable", example: "CURFEW_DATABASE_URL").map(
                DatabaseReference.environment
            )
        case "url_from":
            return entry.secretReference(example: "aws-secretsmanager:curfew/database#url").map(
                DatabaseReference.secret
            )
        default: return entry.text("a file", example: "/run/secrets/curfew-database").map(DatabaseReference.file)
        }
    }

    private func databaseURL() -> String? {
        let example = "postgresql://db.example.com/curfew"
        // Never quoted in a message: whatever is wrong with it, it may hold a password.
        guard let text = scalar, let url = URLComponents(string: text), ["postgresql", "postgres"].contains(url.scheme)
        else { return wrong("`\(path)` is no PostgreSQL URL", "for example `\(example)`") }
        let parameters = url.queryItems ?? []
        guard url.password == nil, !parameters.contains(where: { $0.name.lowercased() == "password" }) else {
            return wrong("`\(path)` holds a password", "use `url_env`, `url_file`, `url_from`, or ~/.pgpass")
        }
        return text
    }

    private func timings(loopback: Bool) -> Timings? {
        let example = "{ observe: 30s, reap_for: 15m }"
        let keys = ["observe", "reap_for", "confirm_gone", "executor_lease", "signature_window"]
        guard let parts = mapping(keys, example: example) else { return nil }
        var timings = Timings()
        func read(_ key: String, _ value: inout Duration, least: Duration, most: Duration) {
            guard let entry = parts[key],
                let duration = entry.duration(.zero...most, example: DurationText.format(value))
            else { return }
            if duration < least, !loopback {
                entry.report(
                    "`\(entry.path)` is \(DurationText.format(duration)), less than \(DurationText.format(least))",
                    "shorter ones are accepted only with `aws.endpoint` on this machine"
                )
            }
            value = duration
        }
        read("observe", &timings.observe, least: .seconds(5), most: .hours(1))
        read("reap_for", &timings.reapFor, least: .zero, most: .hours(24))
        read("confirm_gone", &timings.confirmGone, least: .seconds(30), most: .hours(1))
        read("executor_lease", &timings.executorLease, least: .seconds(120), most: .hours(1))
        read("signature_window", &timings.signatureWindow, least: .seconds(300), most: .hours(1))
        return timings
    }
}
