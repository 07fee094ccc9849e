import Core

extension Settings {
    /// Every reference to a secret, with the setting that holds it, in the order of the file's documentation.
    package var secretReferences: [(key: String, reference: SecretReference)] {
        var found: [(key: String, reference: SecretReference)] = accounts.compactMap { account in
            account.externalIDFrom.map { ("accounts.\(account.word).external_id_from", $0) }
        }
        if let reference = organization?.externalIDFrom { found.append(("organization.external_id_from", reference)) }
        for settings in repositories {
            guard let token = settings.token else { continue }
            found.append(("repositories.\(settings.repository.place).token_from", token))
        }
        if case .secret(let reference) = database { found.append(("database.url_from", reference)) }
        if case .smtp(let smtp) = mail?.transport, let password = smtp.password {
            found.append(("mail.smtp.password", password))
        }
        for (name, channel) in channels.sorted(by: { $0.key < $1.key }) {
            switch channel {
            case .slack(let reference), .mattermost(let reference), .teams(let reference):
                found.append(("channels.\(name)", reference))
            case .command: continue
            }
        }
        if let ping = night.ping { found.append(("night.ping", ping)) }
        return found
    }

    /// Environment variables that the settings refer to.
    var usedVariables: Set<String> {
        var names: Set<String> = []
        if case .environment(let name) = database { names.insert(name) }
        for (_, reference) in secretReferences {
            if case .environment(let name) = reference { names.insert(name) }
        }
        return names
    }
}
