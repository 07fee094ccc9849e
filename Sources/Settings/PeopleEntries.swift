import Core

extension YAMLEntry {
    func people() -> [Person]? {
        let example = "{ ada: { logins: [ada], addresses: [ada@example.com], groups: [platform] } }"
        guard let parts = anyMapping(expected: "a mapping of people", example: example) else { return nil }
        var logins: [String: String] = [:]
        var addresses: [OwnerName: String] = [:]
        return parts.entries.compactMap { name, entry in
            if name == "owner" || name.contains(":") || name.isEmpty {
                entry.report("nobody can be called `\(name)`", "policies use `owner` and `group:NAME` for other things")
            }
            guard let keys = entry.mapping(["logins", "addresses", "groups"], example: "{ logins: [ada] }") else {
                return nil
            }
            let person = Person(
                name: name,
                logins: keys["logins"]?.strings("a list of database logins", example: "[ada]") ?? [],
                addresses: keys["addresses"]?.addresses() ?? [],
                groups: keys["groups"]?.strings("a list of groups", example: "[platform]") ?? []
            )
            // Two people behind one login would let one approve as the other.
            for login in person.logins {
                if let other = logins[login] {
                    entry.report("the login `\(login)` is `\(other)`'s already", "a login is one person")
                }
                logins[login] = name
            }
            for address in person.addresses.map(OwnerName.init) {
                if let other = addresses[address] {
                    entry.report("the address `\(address)` is `\(other)`'s already", "an address is one person's")
                }
                addresses[address] = name
            }
            return person
        }
    }

    private func addresses() -> [String]? {
        items("a list of addresses", example: "[ada@example.com]", orSingle: true, orNone: true)?.compactMap { item in
            guard let text = item.scalar, OwnerName(text).isAddress else {
                return item.unexpected("an address", example: "ada@example.com")
            }
            return text
        }
    }

    /// A list of words, none of them twice.
    func strings(_ expected: String, example: String) -> [String]? {
        guard let items = items(expected, example: example, orSingle: true, orNone: true) else { return nil }
        var words: [String] = []
        for item in items {
            guard let word = item.text("a word", example: example) else { continue }
            if words.contains(word) {
                item.report("`\(word)` is named twice", "keep one of them")
            } else {
                words.append(word)
            }
        }
        return words
    }
}
