/// Where a setting's value was found.
package enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// An option of the command line.
    case flag(String)
    /// An environment variable.
    case variable(String)
    case file(String, line: Int)
    /// Nobody said anything.
    case standard

    package var description: String {
        switch self {
        case .flag(let text): "--set \(text)"
        case .variable(let name): "$\(name)"
        case .file(let name, let line): "\(name):\(line)"
        case .standard: "default"
        }
    }
}

/// One setting as it is in effect.
package struct EffectiveSetting: Sendable, Hashable {
    /// As it stands in the settings file, with dots: `night.within`.
    package let key: String
    /// As it could be written; nil where there is none.
    ///
    /// Secrets are the references to them.
    package let value: String?
    package let origin: SettingOrigin
}

/// Settings, and where each came from.
package struct LayeredSettings: Sendable {
    package let settings: Settings
    /// The lists and mappings of the file, then every setting that is one value, in the order of the settings file's
    /// documentation.
    package let effective: [EffectiveSetting]
    /// What is probably a mistake and was passed over.
    package let warnings: [String]
}
