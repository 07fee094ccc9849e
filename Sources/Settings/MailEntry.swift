import Core
import Foundation

extension YAMLEntry {
    private static var mailExample: String {
        "{ from: \"Curfew <curfew@example.com>\", smtp: { host: smtp.example.com } }"
    }

    /// How mail leaves.
    func mail() -> MailSettings? {
        let keys = ["from", "reply_to", "smtp", "sendmail", "ses", "drop", "domains", "unsubscribe"]
        guard let parts = mapping(keys, required: ["from"], example: Self.mailExample) else { return nil }
        let from = parts["from"]?.mailbox()
        let replyTo = parts["reply_to"]?.mailbox()
        let domains = parts["domains"]?.domains() ?? []
        let unsubscribe = parts["unsubscribe"]?.unsubscribing()
        let transport = transport(parts)
        guard let from, let transport else { return nil }
        return MailSettings(
            from: from,
            replyTo: replyTo,
            transport: transport,
            domains: domains,
            unsubscribe: unsubscribe
        )
    }

    private func transport(_ parts: YAMLMapping) -> MailSettings.Transport? {
        let known = ["smtp", "sendmail", "ses", "drop"]
        let given = parts.entries.filter { known.contains($0.key) }
        let read = given.map { ($0.value, $0.value.transport($0.key)) }
        guard given.count == 1 else {
            let named = given.map { "`\($0.key)`" }.joined(separator: " and ")
            return wrong(
                "`\(path)` needs exactly one of \(known.joined(separator: ", "))"
                    + (named.isEmpty ? "" : ", and names \(named)"),
                "for example `\(Self.mailExample)`"
            )
        }
        return read.first?.1
    }

    private func transport(_ key: String) -> MailSettings.Transport? {
        switch key {
        case "smtp": smtp().map(MailSettings.Transport.smtp)
        case "sendmail": program().map { .sendmail(path: $0) }
        case "ses": ses()
        default: text("a folder", example: "./outbox").map { .drop(folder: $0) }
        }
    }

    private func smtp() -> MailSettings.SMTP? {
        let example =
            "{ host: smtp.example.com, security: starttls, user: curfew, password: \"env:SMTP_PASSWORD\" }"
        let keys = ["host", "port", "security", "user", "password", "authorities"]
        guard let parts = mapping(keys, required: ["host"], example: example) else { return nil }
        let host = parts["host"]?.host(example: "smtp.example.com")
        let security = parts["security"].map { $0.choice(MailSettings.Security.self) } ?? .starttls
        let port = parts["port"].map { $0.integer(1...65_535, example: security?.port ?? 587) } ?? security?.port
        let user = parts["user"]?.text("the name to log in with", example: "curfew")
        let password = parts["password"]?.secretReference(example: "env:SMTP_PASSWORD")
        let authorities = parts["authorities"]?.text("a file of certificates", example: "/etc/ssl/mail-ca.pem")
        if let entry = parts["user"], parts["password"] == nil {
            entry.report("`\(entry.path)` means nothing without `password`", "for example `\(example)`")
        }
        if let entry = parts["password"], parts["user"] == nil {
            entry.report("`\(entry.path)` means nothing without `user`", "for example `\(example)`")
        }
        // Whoever sits between would read the password, and every message.
        if security == MailSettings.Security.none, let host, !isLoopback(host: host) {
            (parts["security"] ?? self).report(
                "`\(path).security: none` is only for a server on this machine, and \(quoted(host)) is none",
                "use `starttls` or `tls`"
            )
        }
        guard let host, let security, let port else { return nil }
        return MailSettings.SMTP(
            host: host,
            port: port,
            security: security,
            user: user,
            password: password,
            authorities: authorities
        )
    }

    private func ses() -> MailSettings.Transport? {
        let example = "{ region: eu-central-1, profile: mail }"
        guard let parts = mapping(["region", "profile"], required: ["region"], example: example) else { return nil }
        let region = parts["region"]?.region()
        let profile = parts["profile"]?.text("a profile's name", example: "mail")
        return region.map { .ses(region: $0, profile: profile) }
    }

    private func program() -> String? {
        guard let path = text("a program's whole path", example: "/usr/sbin/sendmail"), path.hasPrefix("/") else {
            return scalar == nil ? nil : unexpected("a program's whole path", example: "/usr/sbin/sendmail")
        }
        return path
    }

    /// `Curfew <curfew@example.com>`, or the address alone.
    private func mailbox() -> String? {
        let example = "Curfew <curfew@example.com>"
        guard let text = text("an address", example: example) else { return nil }
        guard isMailAddress(bareAddress(text)) else { return unexpected("an address", example: example) }
        return text
    }

    private func domains() -> [String]? {
        items("a list of domains", example: "[example.com]", orSingle: true, orNone: true)?.compactMap { item in
            guard let text = item.scalar, isMailAddress("x@\(text)") else {
                return item.unexpected("a domain", example: "example.com")
            }
            return text.lowercased()
        }
    }

    private func unsubscribing() -> String? {
        let example = "https://curfew.example.com/unsubscribe"
        guard let text = text("an https or mailto address", example: example) else { return nil }
        let isMail = text.hasPrefix("mailto:") && isMailAddress(String(text.dropFirst(7).prefix { $0 != "?" }))
        let isPage =
            URLComponents(string: text).map { $0.scheme == "https" && $0.host?.isEmpty == false && $0.user == nil }
            ?? false
        // It becomes a header: angle brackets would end it early.
        guard isMail || isPage, !text.contains(where: { "<> ".contains($0) }) else {
            return unexpected("an https or mailto address", example: example)
        }
        return text
    }
}

extension MailSettings.Security {
    /// Where such servers usually listen.
    fileprivate var port: Int {
        switch self {
        case .starttls: 587
        case .tls: 465
        case .none: 25
        }
    }
}

/// What stands between `<` and `>` at the end, or all of it.
private func bareAddress(_ text: String) -> String {
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return text }
    return String(text[text.index(after: open)...].dropLast())
}

/// One `@` with something plain on both sides; no display name, no quotes, no second address.
func isMailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64, text.utf8.count <= 254 else { return false }
    let plain = text.unicodeScalars.allSatisfy {
        $0.value > 32 && $0.value < 127 && !"<>()[],;:\\\"".unicodeScalars.contains($0)
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return plain
        && labels.allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
}
