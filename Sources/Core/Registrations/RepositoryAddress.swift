extension RegisteredValue {
    /// Where a repository is, without what opens it (P17).
    ///
    /// Pipelines hand out addresses with a token in them. User and password of `https`, `http` and `git` are left out,
    /// of `ssh` the password; so are query and fragment. What cannot be taken apart with certainty is refused, and not
    /// repeated.
    package static func repository(_ written: String) throws(RegistrationMistake) -> String {
        let text = try text(written, "the repository", most: 500)
        guard let address = address(text) ?? shortSSH(text) else {
            throw RegistrationMistake(
                summary: "the repository is no address that can be kept",
                advice: "give https://HOST/PATH, ssh://git@HOST/PATH or git@HOST:PATH, without a password"
            )
        }
        return address
    }

    private static func address(_ text: String) -> String? {
        for scheme in ["https", "http", "git", "ssh"] where text.lowercased().hasPrefix("\(scheme)://") {
            let rest = text.dropFirst(scheme.count + 3).prefix { $0 != "?" && $0 != "#" }
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            var place = rest[..<slash]
            let path = rest[slash...]
            var user = ""
            if let at = place.lastIndex(of: "@") {
                let login = place[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                // Over ssh everybody is the same user, and without it nobody gets in.
                if scheme == "ssh", let name = login.first, isLogin(name) { user = "\(name)@" }
                place = place[place.index(after: at)...]
            }
            // A `/` inside a password makes the rest of it look like a path.
            guard isHost(place), path.count > 1, isPath(path) else { return nil }
            return "\(scheme)://\(user)\(place.lowercased())\(path)"
        }
        return nil
    }

    /// `git@github.com:shop/api.git`.
    private static func shortSSH(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, isPath(parts[1]), !parts[1].isEmpty else { return nil }
        let place = parts[0].split(separator: "@", omittingEmptySubsequences: false)
        guard place.count == 2, isLogin(place[0]), isHost(place[1]) else { return nil }
        return text
    }

    private static func isLogin(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 32
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    /// A name or an address, with or without a port.
    private static func isHost(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            let port = text[text.index(after: colon)...]
            guard let number = Int(port), (1...65_535).contains(number) else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.count > 2 && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ":.".contains($0) }
        }
        return !host.isEmpty
            && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
    }

    private static func isPath(_ text: Substring) -> Bool {
        text.allSatisfy { !$0.isWhitespace && !"@:?#\\\"'<>".contains($0) }
    }
}
