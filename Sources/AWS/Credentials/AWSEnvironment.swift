import Foundation

/// Everything of the surroundings that decides about credentials, regions and endpoints, read once at the start:
/// environment variables and the two shared files.
///
/// Nothing below reads the process environment.
package struct AWSEnvironment: Sendable {
    package let variables: [String: String]
    private let profiles: [String: [String: String]]
    private let services: [String: [String: String]]

    /// `config` and `credentials` are the files' contents, empty where there is no file.
    package init(variables: [String: String] = [:], config: String = "", credentials: String = "") {
        self.variables = variables
        var profiles: [String: [String: String]] = [:]
        var services: [String: [String: String]] = [:]
        for (header, values) in parsedSections(config) {
            if header == "default" {
                profiles["default", default: [:]].merge(values) { $1 }
            } else if let name = header.after("profile ") {
                profiles[name, default: [:]].merge(values) { $1 }
            } else if let name = header.after("services ") {
                services[name, default: [:]].merge(values) { $1 }
            }
        }
        // The credentials file wins, and its headers carry no "profile".
        for (name, values) in parsedSections(credentials) {
            profiles[name, default: [:]].merge(values) { $1 }
        }
        self.profiles = profiles
        self.services = services
    }

    /// Reads the files that the variables name, or `~/.aws/config` and `~/.aws/credentials`.
    ///
    /// A file that is named and cannot be read is an error; a default file may be missing.
    package static func read(_ variables: [String: String]) throws(AWSError) -> AWSEnvironment {
        AWSEnvironment(
            variables: variables,
            config: try contents(of: "config", named: "AWS_CONFIG_FILE", variables),
            credentials: try contents(of: "credentials", named: "AWS_SHARED_CREDENTIALS_FILE", variables)
        )
    }

    /// Nil also for a variable that is set and empty.
    package subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `AWS_PROFILE`, or `default`.
    package var profileName: String { self["AWS_PROFILE"] ?? self["AWS_DEFAULT_PROFILE"] ?? "default" }

    /// Somebody asked for a profile by name.
    var namesProfile: Bool { self["AWS_PROFILE"] != nil || self["AWS_DEFAULT_PROFILE"] != nil }

    package var profileNames: [String] { profiles.keys.sorted() }

    package func profile(_ name: String) -> [String: String]? { profiles[name] }

    /// Nested keys are joined with a dot: `cloudformation.endpoint_url`.
    func servicesSection(_ name: String) -> [String: String]? { services[name] }

    /// The region of an explicitly named profile; otherwise the environment's, then the profile's.
    package func region(profile: String? = nil) -> String? {
        if let profile, let region = self.profile(profile)?["region"] { return region }
        return self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] ?? self.profile(profile ?? profileName)?["region"]
    }
}

private func contents(
    of file: String,
    named variable: String,
    _ variables: [String: String]
) throws(AWSError) -> String {
    let named = variables[variable].flatMap { $0.isEmpty ? nil : $0 }
    let home = variables["HOME"] ?? ""
    var path = named ?? (home.isEmpty ? "" : "\(home)/.aws/\(file)")
    if path.hasPrefix("~/") { path = home + path.dropFirst() }
    guard !path.isEmpty else { return "" }
    if named == nil, !FileManager.default.fileExists(atPath: path) { return "" }
    do {
        return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
        throw AWSError(.misconfigured, message: "\(named == nil ? "" : "\(variable): ")\(path) cannot be read")
    }
}

/// The INI form of AWS's shared files: `[header]`, `key = value`, comments with `#` or `;`, indented `key = value`
/// lines below an empty one as nested keys.
private func parsedSections(_ text: String) -> [(header: String, values: [String: String])] {
    var sections: [(header: String, values: [String: String])] = []
    var parent = ""
    for raw in text.split(whereSeparator: \.isNewline) {
        let line = raw.trimmed
        if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
        if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
            let words = line[line.index(after: line.startIndex)..<end].split { $0 == " " || $0 == "\t" }
            let header = words.joined(separator: " ")
            sections.append((unquoted(header), [:]))
            parent = ""
            continue
        }
        guard let equals = line.firstIndex(of: "="), !sections.isEmpty else { continue }
        let key = line[..<equals].trimmed.lowercased()
        let value = withoutComment(line[line.index(after: equals)...].trimmed)
        if raw.first == " " || raw.first == "\t" {
            if !parent.isEmpty { sections[sections.count - 1].values["\(parent).\(key)"] = value }
        } else {
            parent = value.isEmpty ? key : ""
            sections[sections.count - 1].values[key] = value
        }
    }
    return sections
}

/// `profile "my name"` is `profile my name`.
private func unquoted(_ header: String) -> String { header.replacingOccurrences(of: "\"", with: "") }

/// A comment in a value needs white space before it.
private func withoutComment(_ value: String) -> String {
    for mark in [" #", " ;", "\t#", "\t;"] {
        if let range = value.range(of: mark) { return value[..<range.lowerBound].trimmed }
    }
    return value
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }

    fileprivate func after(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)).trimmed : nil
    }
}
