package import Core

/// A secret that is somewhere else, and is fetched when it is used.
package enum SecretReference: Sendable, Hashable, CustomStringConvertible {
    /// `env:NAME`
    case environment(String)
    /// `file:/path`
    case file(String)
    /// `aws-secretsmanager:NAME#key`; without a key the whole value.
    ///
    /// The name may be an ARN, which also says the region.
    case secretsManager(name: String, key: String?)
    /// `aws-ssm:/path`, or an ARN instead of the path.
    case parameter(String)
    /// `credential:NAME`, a file of systemd's credentials folder.
    case credential(String)

    /// Nil for anything that is no reference; what it is must not be shown, for it may be a secret.
    package init?(text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = String(text[text.index(after: colon)...])
        guard !rest.isEmpty, rest.count <= 2_048,
            !rest.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 })
        else { return nil }
        switch text[..<colon] {
        case "env":
            guard let first = rest.unicodeScalars.first, first == "_" || first.isASCIILetter,
                rest.unicodeScalars.allSatisfy({ $0 == "_" || $0.isASCIILetter || $0.isASCIIDigit })
            else { return nil }
            self = .environment(rest)
        case "file":
            guard rest.hasPrefix("/"), !rest.hasSuffix("/") else { return nil }
            self = .file(rest)
        case "aws-secretsmanager":
            let parts = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, Self.isName(name, "/_+=.@-", service: "secretsmanager") else { return nil }
            let key = parts.count == 2 ? parts[1] : nil
            guard key?.isEmpty != true else { return nil }
            self = .secretsManager(name: name, key: key)
        case "aws-ssm":
            guard Self.isName(rest, "/_.-", service: "ssm") else { return nil }
            self = .parameter(rest)
        case "credential":
            guard !rest.contains("/"), rest != ".", rest != "..", rest.utf8.count <= 255 else { return nil }
            self = .credential(rest)
        default: return nil
        }
    }

    /// As it stands in the settings file; never the secret.
    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .secretsManager(let name, let key): "aws-secretsmanager:\(name)\(key.map { "#\($0)" } ?? "")"
        case .parameter(let name): "aws-ssm:\(name)"
        case .credential(let name): "credential:\(name)"
        }
    }

    /// The region that an ARN names; nil for plain names.
    package var region: Region? {
        switch self {
        case .secretsManager(let name, _), .parameter(let name):
            let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count >= 6 && parts[0] == "arn" ? Region(String(parts[3])) : nil
        case .environment, .file, .credential: return nil
        }
    }

    private static func isName(_ text: String, _ marks: String, service: String) -> Bool {
        let letters: (Unicode.Scalar) -> Bool = { scalar in
            scalar.isASCIILetter || scalar.isASCIIDigit || marks.unicodeScalars.contains(scalar)
        }
        guard text.hasPrefix("arn:") else { return !text.isEmpty && text.unicodeScalars.allSatisfy(letters) }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[1].hasPrefix("aws") && parts[2] == service && isRegionCode(String(parts[3]))
            && parts[4].count == 12 && parts[4].allSatisfy(\.isASCIIDigit) && !parts[5].isEmpty
            && parts[5].unicodeScalars.allSatisfy { letters($0) || $0 == ":" }
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension YAMLEntry {
    /// A reference to a secret.
    ///
    /// What stands there instead is never quoted: it may be the secret itself.
    func secretReference(example: String) -> SecretReference? {
        guard let text = scalar, let reference = SecretReference(text: text) else {
            return wrong(
                "`\(path)` is no reference to a secret; secrets themselves never stand here",
                "for example `\(example)`; or file:/path, aws-secretsmanager:NAME#key, aws-ssm:/path, credential:NAME"
            )
        }
        return reference
    }
}
