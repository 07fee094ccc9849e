import Core

extension YAMLEntry {
    /// Ways to reach people that are not mail.
    func channels() -> [ChannelName: ChannelSettings]? {
        let example = "{ shop: { slack: \"env:SHOP_WEBHOOK\" } }"
        guard let parts = anyMapping(expected: "a mapping of channels", example: example) else { return nil }
        var channels: [ChannelName: ChannelSettings] = [:]
        for (name, entry) in parts.entries {
            let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_."
            if name.isEmpty || name.count > 60 || !name.lowercased().allSatisfy(allowed.contains) {
                (parts.keys[name] ?? entry).report(
                    "no channel can be called \(quoted(name))",
                    "up to 60 letters, digits, `-`, `_` and `.`, for example `shop`"
                )
            }
            channels[ChannelName(name)] = entry.channel()
        }
        return channels
    }

    private func channel() -> ChannelSettings? {
        let known = ["slack", "mattermost", "teams", "command"]
        let example = "{ slack: \"env:SHOP_WEBHOOK\" }"
        guard let parts = mapping(known, example: example) else { return nil }
        let given = parts.entries.filter { known.contains($0.key) }
        let read = given.map { $0.value.channel($0.key) }
        guard given.count == 1 else {
            return wrong("`\(path)` needs exactly one of \(known.joined(separator: ", "))", "for example `\(example)`")
        }
        return read.first ?? nil
    }

    private func channel(_ kind: String) -> ChannelSettings? {
        // The address of a webhook lets anybody who has it write there.
        switch kind {
        case "slack": secretReference(example: "env:SHOP_WEBHOOK").map(ChannelSettings.slack)
        case "mattermost": secretReference(example: "env:SHOP_WEBHOOK").map(ChannelSettings.mattermost)
        case "teams": secretReference(example: "env:SHOP_WEBHOOK").map(ChannelSettings.teams)
        default: command()
        }
    }

    private func command() -> ChannelSettings? {
        let example = "[/usr/local/bin/notify, --room, shop]"
        guard let items = items("a program and its arguments", example: example, orSingle: true) else { return nil }
        let words = items.map { $0.text("a word", example: "/usr/local/bin/notify") }
        guard words.allSatisfy({ $0 != nil }) else { return nil }
        return .command(words.compactMap(\.self))
    }

    /// Whom messages reach; `channels` is the entry that names the channels.
    func notices(channels: YAMLEntry?) -> NoticeSettings? {
        let example = "{ routes: [{ owner: \"team-*\", to: \"{owner}@example.com\" }], platform: [ops@example.com] }"
        guard let parts = mapping(["routes", "platform"], example: example) else { return nil }
        // Those that are themselves wrong count too: one mistake is reported once.
        let known = channels?.keyNames ?? []
        let routes = parts["routes"]?.items(
            "a list of routes",
            example: "[{ owner: \"team-*\", to: \"{owner}@example.com\" }]",
            orNone: true
        )
        return NoticeSettings(
            routes: routes?.compactMap { $0.route(known) } ?? [],
            platform: parts["platform"]?.recipients(known, placeholder: false) ?? []
        )
    }

    private func route(_ channels: [String]) -> NoticeSettings.Route? {
        let example = "{ owner: \"team-*\", to: \"{owner}@example.com\" }"
        guard let parts = mapping(["owner", "to"], required: ["owner", "to"], example: example) else { return nil }
        let owner = parts["owner"]?.text("an owner's name with `*` and `?`", example: "team-*")
        let to = parts["to"]?.recipients(channels, placeholder: true)
        guard let owner, let to else { return nil }
        return NoticeSettings.Route(owner: owner, to: to)
    }

    private func recipients(_ channels: [String], placeholder: Bool) -> [Recipient]? {
        let expected = "an address, a channel's name, or a list of them"
        guard let items = items(expected, example: "[platform@example.com, shop]", orSingle: true) else { return nil }
        var recipients: [Recipient] = []
        for item in items {
            guard let recipient = item.recipient(channels, placeholder: placeholder) else { continue }
            if recipients.contains(recipient) {
                item.report("\(quoted(item.scalar ?? "")) is named twice", "keep one of them")
            } else {
                recipients.append(recipient)
            }
        }
        return recipients
    }

    private func recipient(_ channels: [String], placeholder: Bool) -> Recipient? {
        let example = placeholder ? "{owner}@example.com" : "platform@example.com"
        guard let word = text("an address or a channel's name", example: example) else { return nil }
        guard word.contains("@") else { return known("channel", channels).map { Recipient.channel(ChannelName($0)) } }
        let filled = placeholder ? word.split(separator: "{owner}", omittingEmptySubsequences: false) : [word[...]]
        guard !filled.contains(where: { $0.contains { "{}".contains($0) } }),
            isMailAddress(filled.joined(separator: "x"))
        else {
            return unexpected(
                placeholder ? "an address, in which `{owner}` may stand for the owner's name" : "an address",
                example: example
            )
        }
        return .address(word)
    }
}
