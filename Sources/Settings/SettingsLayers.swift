import Configuration
import Synchronization

/// What says settings beside the file: options are stronger than variables, and both are stronger than the file.
package struct SettingsLayers: Sendable {
    /// `key=value`, as `--set` was given.
    package let flags: [String]
    package let variables: [String: String]

    package init(flags: [String] = [], variables: [String: String] = [:]) {
        self.flags = flags
        // One that is empty says nothing, as everywhere.
        self.variables = variables.filter { $0.key.hasPrefix("CURFEW_") && !$0.value.isEmpty }
    }

    /// One setting that an option or a variable says.
    struct Said {
        let key: SettingKey
        let value: String
        let origin: SettingOrigin
    }

    /// What is said beside the file, the weaker before the stronger; reports options that say nothing.
    func said(_ list: ProblemList) -> [Said] {
        let flags = flagValues(list)
        let source = Source()
        // The last two layers, the file and the defaults, are where nothing is found here.
        let reader = ConfigReader(
            providers: [
                InMemoryProvider(
                    name: "--set",
                    values: Dictionary(uniqueKeysWithValues: flags.map { (AbsoluteConfigKey($0.parts), $1) })
                ),
                EnvironmentVariablesProvider(environmentVariables: settingVariables).prefixKeys(with: "curfew"),
            ],
            accessReporter: source
        )
        let found = SettingKeys.all.compactMap { key -> (said: Said, layer: Int)? in
            // Secret, because the package writes what is read to a log where a variable asks it to.
            guard let value = reader.string(forKey: ConfigKey(key.parts), isSecret: true) else { return nil }
            let layer = source.layer
            let origin: SettingOrigin = layer == 0 ? .flag(key.path) : .variable(variable(of: key))
            return (Said(key: key, value: value, origin: origin), layer)
        }
        return withoutReplaced(found).sorted { $0.layer > $1.layer }.map(\.said)
    }

    /// $CURFEW_DATABASE_URL has always been the URL itself, which may hold a password: here it is only named.
    private var settingVariables: [String: String] {
        var settings = variables
        if settings.removeValue(forKey: Self.databaseURL) != nil {
            settings[SettingKeys.variable("database.url_env")] = Self.databaseURL
        }
        return settings
    }

    private func variable(of key: SettingKey) -> String {
        key.path == "database.url_env" && variables[Self.databaseURL] != nil
            ? Self.databaseURL : SettingKeys.variable(key.path)
    }

    private static let databaseURL = "CURFEW_DATABASE_URL"

    private func flagValues(_ list: ProblemList) -> [(key: SettingKey, value: ConfigValue)] {
        var values: [String: (key: SettingKey, value: ConfigValue)] = [:]
        for flag in flags {
            let parts = flag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let path = parts[0]
            let origin = SettingOrigin.flag(path)
            guard parts.count == 2 else {
                list.add(origin, "it has no value", "for example `--set night.within=1h`")
                continue
            }
            guard let key = SettingKeys.all.first(where: { $0.path == path }) else {
                let near = nearest(path, among: SettingKeys.all.map(\.path)).map { "did you mean `\($0)`?" }
                let isMany = SettingKeys.manyValued.contains(path)
                list.add(
                    origin,
                    isMany ? "`\(path)` is a list or a mapping" : "there is no setting \(quoted(path))",
                    isMany ? "write it into the settings file" : near ?? "for example `--set night.within=1h`"
                )
                continue
            }
            // The last one wins, so that a script can add its own to what it was given.
            values[path] = (key, ConfigValue(.string(parts[1]), isSecret: true))
        }
        return Array(values.values)
    }

    /// Without what a stronger layer chose an alternative to.
    private func withoutReplaced(_ found: [(said: Said, layer: Int)]) -> [(said: Said, layer: Int)] {
        found.filter { item in
            guard let group = SettingKeys.alternatives.first(where: { $0.contains { item.said.key.isIn($0) } }) else {
                return true
            }
            let strongest = found.filter { other in group.contains { other.said.key.isIn($0) } }.map(\.layer).min()
            let chosen = found.filter { $0.layer == strongest }.flatMap { other in
                group.filter { other.said.key.isIn($0) }
            }
            return chosen.contains { item.said.key.isIn($0) }
        }
    }

    /// Variables that look like a setting and are none; `used` names those that the settings refer to.
    func warnings(used: Set<String>) -> [String] {
        let known = SettingKeys.all.map { SettingKeys.variable($0.path) } + SettingKeys.otherVariables
        let many = Set(SettingKeys.manyValued.map(SettingKeys.variable))
        return variables.keys.sorted().compactMap { name in
            if known.contains(name) || used.contains(name) { return nil }
            if many.contains(name) { return "$\(name) is passed over: lists and mappings stand in the settings file" }
            return nearest(name, among: known).map { "$\(name) is no setting; did you mean $\($0)?" }
        }
    }
}

extension SettingKey {
    /// It is that setting, or part of it.
    func isIn(_ path: String) -> Bool { self.path == path || self.path.hasPrefix(path + ".") }
}

/// Remembers which layer gave the last value: providers are asked in turn until one has it.
private final class Source: AccessReporter {
    private let last = Mutex(0)

    var layer: Int { last.withLock { $0 } }

    func report(_ event: AccessEvent) { last.withLock { $0 = event.providerResults.count - 1 } }
}
