<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
  <context>
    <name>CogBrowser</name>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database is disabled ({reason}).</source>
      <translation>La base d’authentification de QGIS est désactivée ({reason}).</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database is locked: its master password is not set yet.</source>
      <translation>La base d’authentification de QGIS est verrouillée : son mot de passe principal n’est pas encore défini.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database stayed locked: its master password was not given. Try again, or choose another place for the secret.</source>
      <translation>La base d’authentification de QGIS est restée verrouillée : son mot de passe principal n’a pas été donné. Réessayez, ou choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database {path} can't be opened.</source>
      <translation>La base d’authentification de QGIS {path} ne peut pas être ouverte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database {path} can't be written.</source>
      <translation>La base d’authentification de QGIS {path} ne peut pas être écrite.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>QGIS's authentication database {path} neither gave nor took the secret. Choose another place for it.</source>
      <translation>La base d’authentification de QGIS {path} n’a ni donné ni pris le secret. Choisissez-lui un autre endroit.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/auth_database.py" />
      <source>That is not the master password of QGIS's authentication database. Try again, or choose another place for the secret.</source>
      <translation>Ce n’est pas le mot de passe principal de la base d’authentification de QGIS. Réessayez, ou choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/downloads.py" />
      <source>This part of the map can't be found in the layer's coordinate system; zoom in.</source>
      <translation>Cette partie de la carte ne peut pas être située dans le système de coordonnées de la couche ; zoomez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/downloads.py" />
      <source>{path} was not made: {reason}</source>
      <translation>{path} n’a pas été créé : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>That is not the password of the encrypted keyring file {path}. Try again, or choose another place for the secret.</source>
      <translation>Ce n’est pas le mot de passe du fichier chiffré du trousseau {path}. Réessayez, ou choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The Python library “keyring” finds no keyring on this computer.</source>
      <translation>La bibliothèque Python « keyring » ne trouve aucun trousseau sur cet ordinateur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The Python library “keyring” isn't installed for QGIS, so this computer's keyring can't be reached.</source>
      <translation>La bibliothèque Python « keyring » n’est pas installée pour QGIS : le trousseau de cet ordinateur est hors d’atteinte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The encrypted keyring file {path} is locked, and nobody can be asked for its password here.</source>
      <translation>Le fichier chiffré du trousseau {path} est verrouillé, et personne ne peut être interrogé ici sur son mot de passe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The encrypted keyring file {path} stays locked: no password was given. Try again, or choose another place for the secret.</source>
      <translation>Le fichier chiffré du trousseau {path} reste verrouillé : aucun mot de passe n’a été donné. Réessayez, ou choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The keyring is a chain of which no part is known to encrypt ({names}), so it isn't used.</source>
      <translation>Le trousseau est une chaîne dont aucune partie n’est connue pour chiffrer ({names}) ; il n’est donc pas utilisé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The keyring is set to “{name}”, which isn't known to encrypt, so it isn't used.</source>
      <translation>Le trousseau est réglé sur « {name} », qui n’est pas connu pour chiffrer ; il n’est donc pas utilisé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The keyring is set to “{name}”, which keeps nothing.</source>
      <translation>Le trousseau est réglé sur « {name} », qui ne conserve rien.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The keyring is set to “{name}”, which writes secrets in clear, so it isn't used.</source>
      <translation>Le trousseau est réglé sur « {name} », qui écrit les secrets en clair ; il n’est donc pas utilisé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>The secret takes {size} bytes, and this computer's keyring ({keyring}) keeps {limit} at most, so it isn't kept there.</source>
      <translation>Le secret prend {size} octets, et le trousseau de cet ordinateur ({keyring}) en conserve {limit} au plus ; il n’y est donc pas conservé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>There is no keyring in this session: neither Secret Service nor KWallet answers on D-Bus, as is usual over SSH and in containers.</source>
      <translation>Il n’y a pas de trousseau dans cette session : ni Secret Service ni KWallet ne répond sur D-Bus, comme souvent par SSH et dans un conteneur logiciel.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>This computer's keyring ({keyring}) failed ({error}). Choose another place for the secret.</source>
      <translation>Le trousseau de cet ordinateur ({keyring}) a échoué ({error}). Choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>This computer's keyring ({keyring}) stayed locked: its question was declined, or could not be shown. Unlock it and try again, or choose another place for the secret.</source>
      <translation>Le trousseau de cet ordinateur ({keyring}) est resté verrouillé : sa question a été refusée, ou n’a pas pu être posée. Déverrouillez-le et réessayez, ou choisissez un autre endroit pour le secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>This computer's keyring can't be used: {reason}.</source>
      <translation>Le trousseau de cet ordinateur est inutilisable : {reason}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/keyring_store.py" />
      <source>encrypted file {path}</source>
      <translation>fichier chiffré {path}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_states.py" />
      <source>It belongs to an account that isn't set up here: {host}, project {project}. Set it up, and the layer comes alive by itself.</source>
      <translation>Elle appartient à un compte qui n’est pas configuré ici : {host}, projet {project}. Configurez-le, et la couche s’ouvre d’elle-même.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_states.py" />
      <source>It is being opened.</source>
      <translation>Elle est en cours d’ouverture.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_states.py" />
      <source>It waits for a sign-in to “{connection}”.</source>
      <translation>Elle attend une connexion à « {connection} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_states.py" />
      <source>Its connection is not known: choose the one to read it with.</source>
      <translation>Sa connexion n’est pas connue : choisissez celle avec laquelle la lire.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_time.py" />
      <source>Time: {time}</source>
      <translation>Date : {time}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_time.py" />
      <source>{start} to {end}</source>
      <translation>{start} à {end}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_time.py" />
      <source>{time} (UTC), from the metadata: {source}</source>
      <translation>{time} (UTC), d’après les métadonnées : {source}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/layer_time.py" />
      <source>{time} (UTC), from the name: {source}</source>
      <translation>{time} (UTC), d’après le nom : {source}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/revive.py" />
      <source>“{connection}” has not answered the sign-in so far.</source>
      <translation>« {connection} » n’a pas encore répondu à la connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>Automatically</source>
      <translation>Automatiquement</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>For this session only</source>
      <translation>Pour cette session seulement</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>In QGIS's authentication database</source>
      <translation>Dans la base d’authentification de QGIS</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>In this computer's keyring</source>
      <translation>Dans le trousseau de cet ordinateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>In this computer's keyring ({name})</source>
      <translation>Dans le trousseau de cet ordinateur ({name})</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>The saved secret can't be read. Sign in again.</source>
      <translation>Le secret enregistré est illisible. Reconnectez-vous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>The secret was not deleted where it was. {reason}</source>
      <translation>Le secret n’a pas été supprimé là où il était. {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>There is no secret to move. Sign in first.</source>
      <translation>Il n’y a pas de secret à déplacer. Connectez-vous d’abord.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>This computer's keyring ({keyring}) may be locked.</source>
      <translation>Le trousseau de cet ordinateur ({keyring}) est peut-être verrouillé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/adapters/secret_store.py" />
      <source>“{where}” is no place for secrets; those are {names}.</source>
      <translation>« {where} » n’est pas un endroit pour les secrets ; il y a {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/cog/conversion/profiles.py" />
      <source>As science where you choose nothing else; your options may change pixels</source>
      <translation>Comme science là où vous ne choisissez rien d’autre ; vos options peuvent changer les pixels</translation>
    </message>
    <message>
      <location filename="../cog_browser/cog/conversion/profiles.py" />
      <source>As science, in the layout that Earth Engine advises (ZSTD, each band by itself)</source>
      <translation>Comme science, dans la disposition que conseille Earth Engine (ZSTD, chaque bande à part)</translation>
    </message>
    <message>
      <location filename="../cog_browser/cog/conversion/profiles.py" />
      <source>As science, smaller and faster to read, for readers that know ZSTD</source>
      <translation>Comme science, plus petit et plus rapide à lire, pour les lecteurs qui connaissent ZSTD</translation>
    </message>
    <message>
      <location filename="../cog_browser/cog/conversion/profiles.py" />
      <source>Every pixel value kept bit by bit (DEFLATE, predictor by data type, overviews)</source>
      <translation>Chaque valeur de pixel conservée bit à bit (DEFLATE, prédicteur selon le type de données, aperçus)</translation>
    </message>
    <message>
      <location filename="../cog_browser/cog/conversion/profiles.py" />
      <source>For display only, pixels change: 8-bit colours, JPEG or WEBP, in web map tiles</source>
      <translation>Pour l’affichage seulement, les pixels changent : couleurs sur 8 bits, JPEG ou WEBP, dans les tuiles des cartes web</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>1 connection was imported.</source>
      <translation>1 connexion a été importée.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>Open layers of this account go on reading until you remove them: {count}.</source>
      <translation>Les couches ouvertes de ce compte continuent d’être lues jusqu’à ce que vous les retiriez : {count}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>Remove</source>
      <translation>Supprimer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>Remove connection</source>
      <translation>Supprimer la connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>Remove the connection “{name}” and its saved secret? Nothing in the object store is changed.</source>
      <translation>Supprimer la connexion « {name} » et son secret enregistré ? Rien ne change dans le stockage objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>Signed out</source>
      <translation>Déconnecté</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>The last secret was refused.</source>
      <translation>Le dernier secret a été refusé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts.py" />
      <source>{count} connections were imported.</source>
      <translation>{count} connexions ont été importées.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Account</source>
      <translation>Compte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Accounts</source>
      <translation>Comptes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Application credential…</source>
      <translation>Identifiant d’application…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Connection</source>
      <translation>Connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Edit…</source>
      <translation>Modifier…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>For a sign-in that can't be renewed without you: one that can.</source>
      <translation>Pour une connexion qui ne se renouvelle pas sans vous : une qui se renouvelle.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Import…</source>
      <translation>Importer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>It is kept there.</source>
      <translation>Il y est conservé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Keep the secret</source>
      <translation>Conserver le secret</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>New connection…</source>
      <translation>Nouvelle connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Read by layers</source>
      <translation>Lu par les couches</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Secret</source>
      <translation>Secret</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Sign in…</source>
      <translation>Se connecter…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Sign out</source>
      <translation>Se déconnecter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>Signed in</source>
      <translation>Connecté</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>There is no connection yet.</source>
      <translation>Il n’y a pas encore de connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>at the next request</source>
      <translation>à la prochaine requête</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>ended</source>
      <translation>terminé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>no</source>
      <translation>non</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>none needed</source>
      <translation>aucun requis</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>not kept</source>
      <translation>non conservé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>not needed</source>
      <translation>inutile</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>yes, end unknown</source>
      <translation>oui, fin inconnue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>yes, renews by itself</source>
      <translation>oui, se renouvelle seul</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/accounts_dialog.py" />
      <source>yes, until {time}</source>
      <translation>oui, jusqu’au {time}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Ask your provider for the fingerprint, e.g. by phone, and trust the certificate only if both are the same. This connection then accepts it, for this host name and until it ends.</source>
      <translation>Demandez l’empreinte à votre fournisseur, p. ex. par téléphone, et ne faites confiance au certificat que si les deux sont identiques. Cette connexion l’accepte alors, pour ce nom d’hôte et jusqu’à sa fin.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Certificate of {host}</source>
      <translation>Certificat de {host}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>For</source>
      <translation>Pour</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Issued by</source>
      <translation>Émis par</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Issued to</source>
      <translation>Délivré à</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>SHA-256</source>
      <translation>SHA-256</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Server</source>
      <translation>Serveur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Trust this certificate</source>
      <translation>Faire confiance à ce certificat</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Valid from</source>
      <translation>Valable du</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/certificate_dialog.py" />
      <source>Valid until</source>
      <translation>Valable jusqu’au</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>All files (*)</source>
      <translation>Tous les fichiers (*)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Edit connection</source>
      <translation>Modifier la connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Filled in as the project has it. Check the fields below.</source>
      <translation>Rempli d’après le projet. Vérifiez les champs ci-dessous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>For project {project}. Open its openrc.sh, or fill in the form.</source>
      <translation>Pour le projet {project}. Ouvrez son openrc.sh ou remplissez le formulaire.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>From an openrc.sh or a URL</source>
      <translation>À partir d’un openrc.sh ou d’une URL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>New connection</source>
      <translation>Nouvelle connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Open an openrc.sh</source>
      <translation>Ouvrir un openrc.sh</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Open file…</source>
      <translation>Ouvrir un fichier…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>OpenStack RC files (*.sh *.rc *openrc*)</source>
      <translation>Fichiers OpenStack RC (*.sh *.rc *openrc*)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Paste the text of your openrc.sh here, or the URL of a web folder or file; it fills in the form and is never run.</source>
      <translation>Collez ici le texte de votre openrc.sh, ou l’URL d’un dossier ou fichier web ; il remplit le formulaire et n’est jamais exécuté.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Read. Check the fields below.</source>
      <translation>Lu. Vérifiez les champs ci-dessous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Read. The file holds no secret: fill it in below.</source>
      <translation>Lu. Le fichier ne contient aucun secret : saisissez-le ci-dessous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Test</source>
      <translation>Tester</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>Text of an openrc.sh</source>
      <translation>Texte d’un openrc.sh</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>There is a connection “{name}” already.</source>
      <translation>Il existe déjà une connexion « {name} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_dialog.py" />
      <source>This was refused. It isn't sent again before something is changed.</source>
      <translation>Ceci a été refusé. Rien n’est renvoyé tant que rien n’a changé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_export.py" />
      <source>Export connection</source>
      <translation>Exporter la connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_export.py" />
      <source>“{name}” was written to {path}, without its secret.</source>
      <translation>« {name} » a été écrite dans {path}, sans son secret.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source> s</source>
      <translation> s</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Answer within</source>
      <translation>Répondre en</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Authentication URL</source>
      <translation>URL d’authentification</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Buckets in URLs</source>
      <translation>Buckets dans les URL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>CA bundle</source>
      <translation>Certificats d’autorité</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Client ID</source>
      <translation>ID du client</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Connect within</source>
      <translation>Se connecter en</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Containers</source>
      <translation>Conteneurs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Credential ID</source>
      <translation>ID de l’identifiant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Credential name</source>
      <translation>Nom de l’identifiant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Credential secret</source>
      <translation>Secret de l’identifiant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Discovery URL</source>
      <translation>URL de découverte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>End point</source>
      <translation>Point d'accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>How saved projects name objects. With a path such as /vsiswift/ or /vsis3/, GDAL also reads them without this plugin, where variables describe the account.</source>
      <translation>Comment les projets enregistrés nomment les objets. Avec un chemin tel que /vsiswift/ ou /vsis3/, GDAL les lit aussi sans cette extension, là où des variables décrivent le compte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Identity provider</source>
      <translation>Fournisseur d’identité</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>In projects</source>
      <translation>Dans les projets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Interface</source>
      <translation>Interface</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Its ID</source>
      <translation>Son ID</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Its name and user</source>
      <translation>Son nom et l’utilisateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Kind</source>
      <translation>Type</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Known by</source>
      <translation>Désigné par</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Name</source>
      <translation>Nom</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Other</source>
      <translation>Autre</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>PEM certificates (*.pem *.crt *.cer);;All files (*)</source>
      <translation>Certificats PEM (*.pem *.crt *.cer);;Tous les fichiers (*)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Pay for what I read</source>
      <translation>Payer ce que je lis</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Profile</source>
      <translation>Profil</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Project</source>
      <translation>Projet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Project domain</source>
      <translation>Domaine du projet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Protocol</source>
      <translation>Protocole</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Provider</source>
      <translation>Fournisseur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Rarely needed</source>
      <translation>Rarement utile</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Region</source>
      <translation>Région</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Requester pays</source>
      <translation>Paiement par le demandeur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>S3 and compatible</source>
      <translation>S3 et compatibles</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Show certificate…</source>
      <translation>Voir le certificat…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Sign in with</source>
      <translation>Se connecter avec</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Storage URL</source>
      <translation>URL de stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Storage account</source>
      <translation>Compte de stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>URL</source>
      <translation>URL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>User</source>
      <translation>Utilisateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>User domain</source>
      <translation>Domaine de l’utilisateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>Web folder or file (HTTPS)</source>
      <translation>Dossier ou fichier web (HTTPS)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>as QGIS: {seconds} s</source>
      <translation>comme QGIS : {seconds} s</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>as suits the end point</source>
      <translation>selon le point d'accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>in the host's name</source>
      <translation>dans le nom d'hôte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>in the path</source>
      <translation>dans le chemin</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>only where the account doesn't list them</source>
      <translation>seulement si le compte ne les liste pas</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>the object's URL</source>
      <translation>l’URL de l’objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>the only one, or choose after Test</source>
      <translation>la seule, ou à choisir après Tester</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_fields.py" />
      <source>the system's certificates</source>
      <translation>les certificats du système</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>Fill in the URL of a web folder or file.</source>
      <translation>Indiquez l’URL d’un dossier ou d’un fichier web.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>Give the connection a name.</source>
      <translation>Donnez un nom à la connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>Names that start with “{prefix}” mean the environment; choose another.</source>
      <translation>Les noms qui commencent par « {prefix} » désignent l’environnement ; choisissez-en un autre.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>the JSON file's path or content</source>
      <translation>le chemin ou le contenu du fichier JSON</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>unchanged</source>
      <translation>inchangé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>your only one, or choose after Test</source>
      <translation>votre seul, ou à choisir après Tester</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_form.py" />
      <source>“{name}” is no container: a name has no “/”.</source>
      <translation>« {name} » n’est pas un conteneur : un nom n’a pas de « / ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_work.py" />
      <source>No passcode is saved, as each is good once; fill it in.</source>
      <translation>Aucun code n’est enregistré, car chacun ne sert qu’une fois ; saisissez-le.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/connection_work.py" />
      <source>No secret is saved; fill it in.</source>
      <translation>Aucun secret n’est enregistré ; saisissez-le.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>Application credential</source>
      <translation>Identifiant d’application</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>Days until it ends</source>
      <translation>Jours jusqu’à son expiration</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>It is valid until it ends, also without QGIS. To end it earlier, delete it at your provider, in Horizon under Identity › Application Credentials.</source>
      <translation>Il est valable jusqu’à son expiration, même sans QGIS. Pour y mettre fin plus tôt, supprimez-le chez votre fournisseur, dans Horizon sous Identité › Identifiants d’application.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>It lasts</source>
      <translation>Durée</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>It may</source>
      <translation>Il permet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>Make credential</source>
      <translation>Créer l’identifiant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>Nothing is written: when QGIS closes, the credential is of no use any more, and you set the sign-in of the connection up again.</source>
      <translation>Rien n’est écrit : à la fermeture de QGIS, l’identifiant ne sert plus à rien, et vous devrez redéfinir le mode d’authentification de la connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>Your sign-in to “{name}” can't be renewed without you. An application credential can: a secret for this computer alone, which Keystone makes for you. The connection signs in with it from then on, in place of the secret it has now.</source>
      <translation>Votre connexion à « {name} » ne peut pas être renouvelée sans vous. Un identifiant d’application le peut : un secret réservé à cet ordinateur, que Keystone crée pour vous. La connexion s’authentifie dès lors avec lui, à la place de son secret actuel.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>day</source>
      <translation>jour</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>days</source>
      <translation>jours</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>until {date}</source>
      <translation>jusqu’au {date}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_dialog.py" />
      <source>use this project with your roles ({roles}), but not make or delete credentials</source>
      <translation>d’utiliser ce projet avec vos rôles ({roles}), mais ni de créer ni de supprimer des identifiants</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>Sign in to “{name}” first.</source>
      <translation>Connectez-vous d’abord à « {name} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>Stay signed in…</source>
      <translation>Rester connecté…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>The application credential “{name}” was made, but it does not work: {reason} Delete it at your provider.</source>
      <translation>L’identifiant d’application « {name} » a été créé, mais il ne fonctionne pas : {reason} Supprimez-le chez votre fournisseur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>The connection stays as it is</source>
      <translation>La connexion reste inchangée</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>The sign-in to “{name}” can't be renewed without you.</source>
      <translation>La connexion à « {name} » ne peut pas être renouvelée sans vous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>“{name}” signs in by itself now, until {date}.</source>
      <translation>« {name} » se connecte désormais sans vous, jusqu’au {date}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/credential_offer.py" />
      <source>“{name}” was changed meanwhile. The new application credential “{credential}” is not used; delete it at your provider.</source>
      <translation>« {name} » a été modifiée entre-temps. Le nouvel identifiant d’application « {credential} » n’est pas utilisé ; supprimez-le chez votre fournisseur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/expiry.py" />
      <source>Sign in again</source>
      <translation>Se reconnecter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/expiry.py" />
      <source>The sign-in to “{name}” ends in {minutes} min.</source>
      <translation>La connexion à « {name} » se termine dans {minutes} min.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/expiry.py" />
      <source>The sign-in to “{name}” has ended. Your layers stay; sign in to go on.</source>
      <translation>La connexion à « {name} » est terminée. Vos couches restent ; reconnectez-vous pour continuer.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/form_fields.py" />
      <source>{name}: choose a file</source>
      <translation>{name} : choisir un fichier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Accounts that were found</source>
      <translation>Comptes trouvés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Files are read, never run.</source>
      <translation>Les fichiers sont lus, jamais exécutés.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Files with accounts (*.sh *.rc *openrc* *.yaml *.yml *.json *.conf)</source>
      <translation>Fichiers avec des comptes (*.sh *.rc *openrc* *.yaml *.yml *.json *.conf)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>From</source>
      <translation>Origine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Import</source>
      <translation>Importer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Import connections</source>
      <translation>Importer des connexions</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Import {count}</source>
      <translation>Importer {count}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Keep the secrets</source>
      <translation>Conserver les secrets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Open a file with accounts</source>
      <translation>Ouvrir un fichier avec des comptes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Paste an openrc.sh, clouds.yaml or rclone.conf here, or open a file.</source>
      <translation>Collez ici un openrc.sh, clouds.yaml ou rclone.conf, ou ouvrez un fichier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Reading…</source>
      <translation>Lecture…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Search this computer</source>
      <translation>Chercher sur cet ordinateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>Text of a file with accounts</source>
      <translation>Texte d’un fichier avec des comptes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>can't be imported</source>
      <translation>ne peut pas être importé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/import_dialog.py" />
      <source>yes</source>
      <translation>oui</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>Encrypted keyring file</source>
      <translation>Fichier chiffré du trousseau</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>Password</source>
      <translation>Mot de passe</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>Password again</source>
      <translation>Mot de passe, encore une fois</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>That was not the file's password. Try again.</source>
      <translation>Ce n’était pas le mot de passe du fichier. Réessayez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>The encrypted keyring file {path} is locked. Open the connection in the COG Browser panel, which asks for the file's password, and try again.</source>
      <translation>Le fichier chiffré du trousseau {path} est verrouillé. Ouvrez la connexion dans le panneau COG Browser, qui demande le mot de passe du fichier, puis réessayez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>This computer's keyring is the encrypted file {path}, which will be made now. Choose its password. It can't be recovered.</source>
      <translation>Le trousseau de cet ordinateur est le fichier chiffré {path}, qui va être créé. Choisissez son mot de passe. Il est impossible de le retrouver.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/keyring_prompt.py" />
      <source>This computer's keyring is the encrypted file {path}. Give its password.</source>
      <translation>Le trousseau de cet ordinateur est le fichier chiffré {path}. Donnez son mot de passe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/paste_box.py" />
      <source>Clear</source>
      <translation>Effacer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/paste_box.py" />
      <source>Paste</source>
      <translation>Coller</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>Encrypted by the operating system, and opened when you log in.</source>
      <translation>Chiffré par le système d’exploitation, et ouvert quand vous ouvrez votre session.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>Encrypted in your QGIS profile. QGIS asks for its master password once a session.</source>
      <translation>Chiffré dans votre profil QGIS. QGIS demande son mot de passe maître une fois par session.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>Encrypted where that works without a question, else for this session only. Never in a project or settings file.</source>
      <translation>Chiffré si cela se peut sans rien demander, sinon pour cette session seulement. Jamais dans un projet ni dans un fichier de réglages.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>Nothing is written. You are asked again when QGIS starts next time.</source>
      <translation>Rien n’est écrit. Le secret vous sera redemandé au prochain démarrage de QGIS.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>The secret is kept in QGIS's encrypted authentication database.</source>
      <translation>Le secret est conservé dans la base d’authentification chiffrée de QGIS.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>The secret is kept in memory and forgotten when QGIS closes.</source>
      <translation>Le secret est gardé en mémoire et oublié à la fermeture de QGIS.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_fields.py" />
      <source>The secret is kept in this computer's keyring.</source>
      <translation>Le secret est conservé dans le trousseau de cet ordinateur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_keeper.py" />
      <source>COG Browser</source>
      <translation>COG Browser</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_keeper.py" />
      <source>The place for the secret stays closed</source>
      <translation>L’endroit prévu pour le secret reste fermé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/secret_keeper.py" />
      <source>The secret is still there</source>
      <translation>Le secret est encore là</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_dialog.py" />
      <source>Edit connection…</source>
      <translation>Modifier la connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_dialog.py" />
      <source>Sign in</source>
      <translation>Se connecter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_dialog.py" />
      <source>Sign in to “{name}”.</source>
      <translation>Connexion à « {name} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_dialog.py" />
      <source>The passcode is good once and never kept.</source>
      <translation>Le code ne sert qu’une fois et n’est jamais conservé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>A profile of ~/.aws</source>
      <translation>Un profil de ~/.aws</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>A ready token needs the storage URL.</source>
      <translation>Un jeton existant demande l’URL de stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Access key</source>
      <translation>Clé d'accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Account key</source>
      <translation>Clé du compte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Client secret</source>
      <translation>Secret du client</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Federation: access token</source>
      <translation>Fédération : jeton d’accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Federation: client credentials</source>
      <translation>Fédération : identifiants de client</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Federation: password</source>
      <translation>Fédération : mot de passe</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the access key.</source>
      <translation>Renseignez la clé d'accès.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the account key.</source>
      <translation>Renseignez la clé du compte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the application credential's ID.</source>
      <translation>Saisissez l’ID de l’identifiant d’application.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the application credential's name.</source>
      <translation>Saisissez le nom de l’identifiant d’application.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the application credential's secret.</source>
      <translation>Saisissez le secret de l’identifiant d’application.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the authentication URL.</source>
      <translation>Saisissez l’URL d’authentification.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the client ID.</source>
      <translation>Saisissez l’ID du client.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the client's secret.</source>
      <translation>Saisissez le secret du client.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the discovery URL.</source>
      <translation>Saisissez l’URL de découverte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the identity provider, as Keystone calls it.</source>
      <translation>Saisissez le fournisseur d’identité, tel que Keystone le nomme.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the key.</source>
      <translation>Saisissez la clé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the passcode of your authenticator app.</source>
      <translation>Saisissez le code de votre application d’authentification.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the password.</source>
      <translation>Saisissez le mot de passe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the path or content of the service account's JSON file.</source>
      <translation>Indiquez le chemin ou le contenu du fichier JSON du compte de service.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the protocol, as Keystone calls it.</source>
      <translation>Saisissez le protocole, tel que Keystone le nomme.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the secret key.</source>
      <translation>Renseignez la clé secrète.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the shared access signature.</source>
      <translation>Renseignez la signature d'accès partagé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the storage URL.</source>
      <translation>Saisissez l’URL de stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the storage account's name.</source>
      <translation>Renseignez le nom du compte de stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the token.</source>
      <translation>Saisissez le jeton.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Fill in the user.</source>
      <translation>Saisissez l’utilisateur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>HMAC key</source>
      <translation>Clé HMAC</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Key</source>
      <translation>Clé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Keystone token</source>
      <translation>Jeton Keystone</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Nothing: anybody may read</source>
      <translation>Rien : tout le monde peut lire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Nothing: public buckets</source>
      <translation>Rien : buckets publics</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Nothing: public containers</source>
      <translation>Rien : conteneurs publics</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Passcode</source>
      <translation>Code à usage unique</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Password and passcode</source>
      <translation>Mot de passe et code</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Secret key</source>
      <translation>Clé secrète</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Service account</source>
      <translation>Compte de service</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Session token</source>
      <translation>Jeton de session</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Shared access signature</source>
      <translation>Signature d'accès partagé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>The environment: AWS_*</source>
      <translation>L'environnement : AWS_*</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>The role of this machine</source>
      <translation>Le rôle de cette machine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Token</source>
      <translation>Jeton</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Token and storage URL</source>
      <translation>Jeton et URL de stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>Token in the header</source>
      <translation>Jeton dans l’en-tête</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>User and key (version 1)</source>
      <translation>Utilisateur et clé (version 1)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/sign_in_modes.py" />
      <source>User and password</source>
      <translation>Utilisateur et mot de passe</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts/usual_places.py" />
      <source>Environment</source>
      <translation>Environnement</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/algorithm_forms.py" />
      <source>This needs QGIS's Processing plugin; turn it on and retry.</source>
      <translation>Cela demande l’extension Traitement (Processing) de QGIS ; activez-la et réessayez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>A token that ends soon, sent by QGIS</source>
      <translation>Un jeton de courte durée, envoyé par QGIS</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>CA of the cluster</source>
      <translation>AC de la grappe</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Certificate</source>
      <translation>Certificat</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Dask cluster</source>
      <translation>Grappe Dask</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>For “Publish folder as COG” and “Validate COG folder” with the executor “dask”. A scheduler on another computer needs tls:// and the three files. Passwords never go to the workers.</source>
      <translation>Pour « Publier un dossier en COG » et « Valider un dossier de COG » avec l’exécuteur « dask ». Un ordonnanceur sur un autre ordinateur exige tls:// et les trois fichiers. Les mots de passe ne vont jamais aux nœuds de calcul.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Key of the certificate</source>
      <translation>Clé du certificat</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Scheduler</source>
      <translation>Ordonnanceur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Their own environment</source>
      <translation>Leur propre environnement</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/cluster_options.py" />
      <source>Workers sign in with</source>
      <translation>Les nœuds s’identifient avec</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/page.py" />
      <source>Address of an object:</source>
      <translation>Adresse d’un objet :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/page.py" />
      <source>Open the COG Browser panel</source>
      <translation>Ouvrir le panneau COG Browser</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/page.py" />
      <source>Or choose objects:</source>
      <translation>Ou choisissez des objets :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/page.py" />
      <source>This is no object, but a place in “{connection}”. Open it in the panel.</source>
      <translation>Ce n’est pas un objet, mais un emplacement de « {connection} ». Ouvrez-le dans le panneau.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/page.py" />
      <source>“{key}” in container “{container}” of “{connection}”.</source>
      <translation>« {key} » dans le conteneur « {container} » de « {connection} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/data_source/provider.py" />
      <source>Add rasters from an object store</source>
      <translation>Ajouter des rasters d’un stockage objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Adding up…</source>
      <translation>Addition…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>CRS</source>
      <translation>SCR</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Georeferenced</source>
      <translation>Géoréférencés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>It has no place on the map.</source>
      <translation>Il n’a pas de place sur la carte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Joint extent</source>
      <translation>Emprise commune</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>No preview: {reason}</source>
      <translation>Pas de vignette : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Preview from full resolution ({size} pixels).</source>
      <translation>Vignette en pleine résolution ({size} pixels).</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Preview from overview {number} ({size} pixels).</source>
      <translation>Vignette tirée de l’aperçu {number} ({size} pixels).</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Reading a preview…</source>
      <translation>Lecture d’une vignette…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Reading headers: {done} of {total}…</source>
      <translation>Lecture des en-têtes : {done} sur {total}…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Retry</source>
      <translation>Réessayer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Select at most {count} objects to see their joint extent.</source>
      <translation>Sélectionnez au plus {count} objets pour voir leur emprise commune.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Selected</source>
      <translation>Sélectionnés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Selection</source>
      <translation>Sélection</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>The map's CRS has no place for it.</source>
      <translation>Le SCR de la carte n’a pas de place pour lui.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>Verdicts</source>
      <translation>Verdicts</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/details.py" />
      <source>{count} could not be read. The first: {reason}</source>
      <translation>{count} n’ont pas pu être lus. Le premier : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Bands</source>
      <translation>Bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Blocks</source>
      <translation>Blocs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Compression</source>
      <translation>Compression</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Container</source>
      <translation>Conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Content type</source>
      <translation>Type de contenu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Dates</source>
      <translation>Dates</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>ETag</source>
      <translation>ETag</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Extent</source>
      <translation>Emprise</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Headers</source>
      <translation>En-têtes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Metadata of the owner</source>
      <translation>Métadonnées du propriétaire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Modified</source>
      <translation>Modifié</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>No data</source>
      <translation>Sans donnée</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Not a COG</source>
      <translation>Pas un COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Not a raster</source>
      <translation>Pas un raster</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Object</source>
      <translation>Objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Overviews</source>
      <translation>Aperçus</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Pixel size</source>
      <translation>Taille du pixel</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Place</source>
      <translation>Lieu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Raster</source>
      <translation>Raster</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Read for this</source>
      <translation>Lu pour cela</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Size</source>
      <translation>Taille</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Taken</source>
      <translation>Prise de vue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Valid COG</source>
      <translation>COG valide</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>Valid COG, with warnings</source>
      <translation>COG valide, avec avertissements</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>degrees</source>
      <translation>degrés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>differs by band</source>
      <translation>diffère selon la bande</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>metres</source>
      <translation>mètres</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>no data: {value}</source>
      <translation>sans donnée : {value}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>none</source>
      <translation>aucun</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>none: it has no place on the map</source>
      <translation>aucun : il n’a pas de place sur la carte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>unknown unit</source>
      <translation>unité inconnue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>where the alpha band says so</source>
      <translation>là où la bande alpha le dit</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>where the mask says so</source>
      <translation>là où le masque le dit</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>without a name</source>
      <translation>sans nom</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{count} bytes</source>
      <translation>{count} octets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{count} more</source>
      <translation>{count} de plus</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{name}, interleaved by {kind}</source>
      <translation>{name}, entrelacement : {kind}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{size} in {count} requests</source>
      <translation>{size} en {count} requêtes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{size}, strips</source>
      <translation>{size}, bandes horizontales</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{west} to {east}, {south} to {north}</source>
      <translation>{west} à {east}, {south} à {north}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/facts.py" />
      <source>{width} × {height} pixels</source>
      <translation>{width} × {height} pixels</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Copy</source>
      <translation>Copier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Details</source>
      <translation>Détails</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Details of the selection</source>
      <translation>Détails de la sélection</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Facts</source>
      <translation>Faits</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Preview</source>
      <translation>Vignette</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Reading the header of “{name}”…</source>
      <translation>Lecture de l’en-tête de « {name} »…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Select an object to see what it is.</source>
      <translation>Sélectionnez un objet pour voir ce que c’est.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Why?</source>
      <translation>Pourquoi ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/pane.py" />
      <source>Zoom to</source>
      <translation>Zoomer dessus</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/details/reasons.py" />
      <source>Findings</source>
      <translation>Constats</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add a connection…</source>
      <translation>Ajouter une connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add the selected objects to the map</source>
      <translation>Ajouter les objets sélectionnés à la carte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add to map</source>
      <translation>Ajouter à la carte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Convert a raster to a COG and upload it here…</source>
      <translation>Convertir un raster en COG et le déposer ici…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Go to the enclosing folder</source>
      <translation>Aller au dossier parent</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Loading…</source>
      <translation>Chargement…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Mark rasters that are COGs</source>
      <translation>Marquer les rasters qui sont des COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Publish…</source>
      <translation>Publier…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Refresh</source>
      <translation>Actualiser</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Refresh (F5)</source>
      <translation>Actualiser (F5)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Stop</source>
      <translation>Arrêter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Up</source>
      <translation>Remonter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, incomplete</source>
      <translation>{what}, incomplet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, loading… (Esc stops)</source>
      <translation>{what}, chargement… (Échap arrête)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, refreshing… (Esc stops)</source>
      <translation>{what}, actualisation… (Échap arrête)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, searching…</source>
      <translation>{what}, recherche en cours…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, {count} hidden</source>
      <translation>{what}, {count} masqués</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Browse your object store</source>
      <translation>Parcourez votre stockage objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Connect to OpenStack Swift, S3, Google Cloud Storage, Azure or a folder of a web server, then open Cloud Optimized GeoTIFFs straight from it.</source>
      <translation>Connectez-vous à OpenStack Swift, S3, Google Cloud Storage, Azure ou à un dossier d’un serveur web, puis ouvrez-y directement des Cloud Optimized GeoTIFF.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Connections and folders</source>
      <translation>Connexions et dossiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Objects</source>
      <translation>Objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>&amp;Bands</source>
      <translation>&amp;Bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>&amp;Checks</source>
      <translation>&amp;Vérifications</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>&amp;Manifest</source>
      <translation>&amp;Manifeste</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>&amp;Time and properties</source>
      <translation>&amp;Date et propriétés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>An image in Earth Engine that reads these COGs where they are: nothing is copied. Name it, look at its bands, time and checks, then save its manifest or register it.</source>
      <translation>Une image d’Earth Engine qui lit ces COG là où ils sont : rien n’est copié. Nommez-la, regardez ses bandes, sa date et les vérifications, puis enregistrez son manifeste ou inscrivez-la.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Asset</source>
      <translation>Asset</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Copy command</source>
      <translation>Copier la commande</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Earth Engine always keeps the generation of the objects that it reads: once one is overwritten, the asset fails. Pinning writes down the generation that was looked at here, so that nothing that comes in between is taken instead.</source>
      <translation>Earth Engine retient toujours la génération des objets qu’il lit : dès que l’un d’eux est écrasé, l’asset ne se lit plus. Figer inscrit la génération examinée ici, pour que rien de ce qui arriverait entre-temps ne soit pris à la place.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Earth Engine asset</source>
      <translation>Asset d’Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>End (exclusive)</source>
      <translation>Fin (exclue)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Found in the metadata: {source}.</source>
      <translation>Trouvé dans les métadonnées : {source}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Found in the name: {source}.</source>
      <translation>Trouvé dans le nom : {source}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>It would be refused: {reason}</source>
      <translation>Il serait refusé : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>MEAN (Earth Engine's own)</source>
      <translation>MEAN (par défaut dans Earth Engine)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Manifest</source>
      <translation>Manifeste</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Missing data of all bands</source>
      <translation>Données manquantes de toutes les bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Neither the metadata nor the names say when the images were taken.</source>
      <translation>Ni les métadonnées ni les noms ne disent quand les images ont été prises.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Nothing speaks against it here. The bucket is left to be checked.</source>
      <translation>Rien ne s’y oppose ici. Il reste à vérifier le bucket.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Nothing speaks against it.</source>
      <translation>Rien ne s’y oppose.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Pin the generation of each COG</source>
      <translation>Figer la génération de chaque COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Progress</source>
      <translation>Progression</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Pyramid of all bands</source>
      <translation>Pyramide de toutes les bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Reading the headers of the COGs…</source>
      <translation>Lecture des en-têtes des COG…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Register…</source>
      <translation>Inscrire…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Save the manifest as {name} first.</source>
      <translation>Enregistrez d’abord le manifeste sous {name}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Save…</source>
      <translation>Enregistrer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Start</source>
      <translation>Début</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>The command is on the clipboard.</source>
      <translation>La commande est dans le presse-papiers.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>What Earth Engine's own command line is told</source>
      <translation>Ce que l’on dit à la ligne de commande d’Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>Write the folder that they share once (uriPrefix)</source>
      <translation>N’écrire qu’une fois leur dossier commun (uriPrefix)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>as the files have it</source>
      <translation>comme dans les fichiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/asset_dialog.py" />
      <source>projects/PROJECT/assets/FOLDER/NAME, with the id of your Google Cloud project</source>
      <translation>projects/PROJET/assets/DOSSIER/NOM, avec l’identifiant de votre projet Google Cloud</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>Asking Google…</source>
      <translation>Question à Google…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>Check</source>
      <translation>Vérifier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>Check the bucket</source>
      <translation>Vérifier le bucket</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>Google says where the bucket is only to somebody who has signed in. With which?</source>
      <translation>Google ne dit où est le bucket qu’à quelqu’un de connecté. Avec quelle connexion ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>JSON files</source>
      <translation>Fichiers JSON</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>Save the manifest</source>
      <translation>Enregistrer le manifeste</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>The manifest is saved: {file}</source>
      <translation>Le manifeste est enregistré : {file}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>{count} objects are selected; an asset is made of at most {limit}.</source>
      <translation>{count} objets sont sélectionnés ; un asset en a {limit} au plus.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/assets.py" />
      <source>{file} can't be used: {reason}.</source>
      <translation>{file} est inutilisable : {reason}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>All bands again</source>
      <translation>Toutes les bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Bands of the asset</source>
      <translation>Bandes de l’asset</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>COG</source>
      <translation>COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>How coarser levels are made: MEAN for measurements, MODE for classes</source>
      <translation>Comment se font les niveaux plus grossiers : MEAN pour des mesures, MODE pour des classes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Id</source>
      <translation>Identifiant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Its band</source>
      <translation>Sa bande</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Missing data</source>
      <translation>Données manquantes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Move down</source>
      <translation>Descendre</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Move up</source>
      <translation>Monter</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Pyramid</source>
      <translation>Pyramide</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>The asset has no band; leave at least one in the table.</source>
      <translation>L’asset n’a pas de bande ; laissez-en au moins une dans le tableau.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>The band “{name}” is number “{index}” of its COG; count from 0.</source>
      <translation>La bande « {name} » a le numéro « {index} » dans son COG ; comptez à partir de 0.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>The band's name in Earth Engine</source>
      <translation>Le nom de la bande dans Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>The tileset: one for each COG</source>
      <translation>Le jeu de tuiles : un pour chaque COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Values that mean “no data”; “none” makes all values count</source>
      <translation>Valeurs qui signifient « pas de donnée » ; avec « none », toutes les valeurs comptent</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/bands_table.py" />
      <source>Which band of the COG, counted from 0</source>
      <translation>Quelle bande du COG, comptée à partir de 0</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/checks_view.py" />
      <source>Asks Google where the bucket is, for its storage class, and who may read it</source>
      <translation>Demande à Google où est le bucket, sa classe de stockage et qui peut le lire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/checks_view.py" />
      <source>Check the bucket…</source>
      <translation>Vérifier le bucket…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/checks_view.py" />
      <source>Convert for Earth Engine…</source>
      <translation>Convertir pour Earth Engine…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/checks_view.py" />
      <source>Makes a COG of its pixels as Earth Engine likes it best, under another name</source>
      <translation>Fait de ses pixels un COG comme Earth Engine les préfère, sous un autre nom</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/checks_view.py" />
      <source>Not known from here; look yourself</source>
      <translation>Inconnu d’ici ; à regarder vous-même</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/properties_table.py" />
      <source>Add property</source>
      <translation>Ajouter une propriété</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/properties_table.py" />
      <source>Properties of the asset</source>
      <translation>Propriétés de l’asset</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/properties_table.py" />
      <source>Property</source>
      <translation>Propriété</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/properties_table.py" />
      <source>Remove property</source>
      <translation>Retirer la propriété</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/properties_table.py" />
      <source>Value</source>
      <translation>Valeur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Make the asset {asset}? It reads these objects where they are. Whoever overwrites, moves or deletes one breaks it; COG Browser will warn you before.</source>
      <translation>Créer l’asset {asset} ? Il lit ces objets là où ils sont. Écraser, déplacer ou supprimer l’un d’eux le casse ; COG Browser vous avertira avant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Paste an access token, or choose another sign-in.</source>
      <translation>Collez un jeton d’accès, ou choisissez une autre connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Project that pays</source>
      <translation>Projet qui paie</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Register</source>
      <translation>Inscrire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Register with Earth Engine</source>
      <translation>Inscrire dans Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Registered: {asset}. In Earth Engine: ee.Image("{asset}")</source>
      <translation>Inscrit : {asset}. Dans Earth Engine : ee.Image("{asset}")</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Replace the asset, if there is one of this name</source>
      <translation>Remplacer l’asset, s’il y en a un de ce nom</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Stopped before anything was sent.</source>
      <translation>Arrêté avant tout envoi.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>The checks have found errors: Earth Engine would refuse it.</source>
      <translation>Les vérifications ont trouvé des erreurs : Earth Engine le refuserait.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Version of the API</source>
      <translation>Version de l’API</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Waiting for Earth Engine…</source>
      <translation>En attente d’Earth Engine…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/registration.py" />
      <source>Write the id of a Google Cloud project.</source>
      <translation>Saisissez l’identifiant d’un projet Google Cloud.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>A pasted token is not kept, and good for an hour at most.</source>
      <translation>Un jeton collé n’est pas conservé, et vaut une heure au plus.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>Access token</source>
      <translation>Jeton d’accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>An access token</source>
      <translation>Un jeton d’accès</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>From “earthengine authenticate” or “gcloud auth application-default login”</source>
      <translation>De « earthengine authenticate » ou de « gcloud auth application-default login »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>Paste what “gcloud auth print-access-token” prints</source>
      <translation>Collez ce qu’affiche « gcloud auth print-access-token »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>The connection's service account</source>
      <translation>Le compte de service de la connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>This computer's Google sign-in</source>
      <translation>La connexion Google de cet ordinateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/earth_engine/token_fields.py" />
      <source>This needs the Python package google-auth, which is not installed.</source>
      <translation>Il faut pour cela le paquet Python google-auth, qui n’est pas installé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>At least</source>
      <translation>Au moins</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>At most</source>
      <translation>Au plus</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Extensions</source>
      <translation>Extensions</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Filter, or paste an address</source>
      <translation>Filtrer, ou coller une adresse</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Find</source>
      <translation>Chercher</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Here, names that begin so</source>
      <translation>Ici, les noms qui commencent ainsi</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>In this folder and all below</source>
      <translation>Dans ce dossier et tous ceux en dessous</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Modified from</source>
      <translation>Modifié à partir du</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Modified to</source>
      <translation>Modifié jusqu’au</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Rasters only</source>
      <translation>Rasters seulement</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Search</source>
      <translation>Rechercher</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Search…</source>
      <translation>Rechercher…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Type to filter what is listed; press Enter to search in all folders below</source>
      <translation>Tapez pour filtrer la liste ; Entrée cherche dans tous les dossiers en dessous</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>Where</source>
      <translation>Où</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/bar.py" />
      <source>any size</source>
      <translation>toute taille</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>No saved connection is for {account}. Add one for this account first.</source>
      <translation>Aucune connexion enregistrée n’est pour {account}. Ajoutez-en d’abord une pour ce compte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>Select a connection or open a container first.</source>
      <translation>Sélectionnez d’abord une connexion ou ouvrez un conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>The search stopped at {count} objects. Look for something more special.</source>
      <translation>La recherche s’est arrêtée à {count} objets. Cherchez quelque chose de plus précis.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>This is no address of an object.</source>
      <translation>Ce n’est pas l’adresse d’un objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>{found} found among {seen} objects</source>
      <translation>{found} trouvés parmi {seen} objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>{found} found among {seen} objects; {failed} containers can't be listed</source>
      <translation>{found} trouvés parmi {seen} objets ; {failed} conteneurs ne peuvent pas être listés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>“{key}” isn't in container “{container}”.</source>
      <translation>« {key} » n’est pas dans le conteneur « {container} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/find.py" />
      <source>“{name}” is no favourite any more.</source>
      <translation>« {name} » n’est plus un favori.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/known_places.py" />
      <source>Address</source>
      <translation>Adresse</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/known_places.py" />
      <source>Favourites</source>
      <translation>Favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/known_places.py" />
      <source>No saved connection is for {account}.</source>
      <translation>Aucune connexion enregistrée ne concerne {account}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/known_places.py" />
      <source>Recent objects</source>
      <translation>Objets récents</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/locator.py" />
      <source>Containers, favourites, recent objects, and pasted addresses</source>
      <translation>Conteneurs, favoris, objets récents et adresses collées</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/locator.py" />
      <source>Show in the panel</source>
      <translation>Afficher dans le panneau</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Add this container to the favourites</source>
      <translation>Ajouter ce conteneur aux favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Add this folder to the favourites</source>
      <translation>Ajouter ce dossier aux favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Favourites and recent objects</source>
      <translation>Favoris et objets récents</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Forget recent objects</source>
      <translation>Oublier les objets récents</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>No favourites yet</source>
      <translation>Pas encore de favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Remove this container from the favourites</source>
      <translation>Retirer ce conteneur des favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/find/places_menu.py" />
      <source>Remove this folder from the favourites</source>
      <translation>Retirer ce dossier des favoris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/help.py" />
      <source>Back</source>
      <translation>Retour</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/help.py" />
      <source>Help</source>
      <translation>Aide</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/help.py" />
      <source>{page} – COG Browser</source>
      <translation>{page} – COG Browser</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>All {count} layers are unchanged in the store.</source>
      <translation>Les {count} couches sont inchangées dans le stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Details…</source>
      <translation>Détails…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Download raster…</source>
      <translation>Télécharger le raster…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Download window…</source>
      <translation>Télécharger la fenêtre…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Reload from store</source>
      <translation>Recharger depuis le stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Retry now</source>
      <translation>Réessayer maintenant</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>Set up connection…</source>
      <translation>Configurer une connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>The layer shows several objects; download them in the panel.</source>
      <translation>La couche montre plusieurs objets ; téléchargez-les dans le panneau.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>The layer waits: nothing of it can be read yet.</source>
      <translation>La couche attend : rien ne peut encore en être lu.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>{count} of {total} layers had been replaced in the store and are new now.</source>
      <translation>{count} couches sur {total} avaient été remplacées dans le stockage et sont à jour maintenant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>“{name}” had been replaced in the store; the map shows the new object now.</source>
      <translation>« {name} » avait été remplacé dans le stockage ; la carte montre maintenant le nouvel objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/actions.py" />
      <source>“{name}” is unchanged in the store.</source>
      <translation>« {name} » est inchangé dans le stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Details of “{name}”</source>
      <translation>Détails de « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Failures</source>
      <translation>Échecs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Given to QGIS</source>
      <translation>Fourni à QGIS</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Last failure</source>
      <translation>Dernier échec</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Of it from memory</source>
      <translation>Dont depuis la mémoire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Of it read ahead</source>
      <translation>Dont lu à l’avance</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Read from the store</source>
      <translation>Lu depuis le stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Reason</source>
      <translation>Raison</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Requests to the store</source>
      <translation>Requêtes au stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>State</source>
      <translation>État</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>Time</source>
      <translation>Date</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>an unknown account</source>
      <translation>un compte inconnu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/details.py" />
      <source>{count} objects</source>
      <translation>{count} objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download.py" />
      <source>Download window of “{name}”</source>
      <translation>Télécharger la fenêtre de « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download.py" />
      <source>Download “{name}”</source>
      <translation>Télécharger « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download.py" />
      <source>The whole object, byte by byte as it is in the store.</source>
      <translation>L’objet entier, octet par octet tel qu’il est dans le stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download.py" />
      <source>{path} is complete.</source>
      <translation>{path} est complet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download.py" />
      <source>{width} × {height} pixels, bands: {bands}, all bits as they are in the store.</source>
      <translation>{width} × {height} pixels, bandes : {bands}, tous les bits tels qu’ils sont dans le stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>Add it to the map</source>
      <translation>L’ajouter à la carte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>Choose a file in a folder that exists.</source>
      <translation>Choisissez un fichier dans un dossier existant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>Cloud Optimized GeoTIFF</source>
      <translation>Cloud Optimized GeoTIFF</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>Download</source>
      <translation>Télécharger</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>File</source>
      <translation>Fichier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>Format</source>
      <translation>Format</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>GeoTIFF</source>
      <translation>GeoTIFF</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>GeoTIFF (*.tif *.tiff)</source>
      <translation>GeoTIFF (*.tif *.tiff)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/download_dialog.py" />
      <source>“{name}” exists. Press Download again to replace it, or change the name.</source>
      <translation>« {name} » existe. Appuyez encore sur Télécharger pour le remplacer, ou changez le nom.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>Read with</source>
      <translation>Lire avec</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>Read with a connection</source>
      <translation>Lue par une connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>Read with “{connection}”</source>
      <translation>Lire avec « {connection} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>Save the project: its file still holds the secret of “{name}”, as do copies of it. Change the secret at your provider if others may have seen them.</source>
      <translation>Enregistrez le projet : son fichier contient encore le secret de « {name} », et ses copies aussi. Changez le secret chez votre fournisseur si d’autres ont pu les voir.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>Set up a connection from it…</source>
      <translation>En faire une connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>The environment no longer holds the secret of {names}.</source>
      <translation>L’environnement ne contient plus le secret de {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>The project file holds the secret of {names} in clear ({stores}). QGIS reads it by itself: COG Browser can't set up a connection from it. Don't pass the file on.</source>
      <translation>Le fichier du projet contient en clair le secret de {names} ({stores}). QGIS le lit lui-même : COG Browser ne peut pas en faire une connexion. Ne transmettez pas ce fichier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/foreign_offer.py" />
      <source>The project file holds the secret of {names} in clear.</source>
      <translation>Le fichier du projet contient en clair le secret de {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/identify_hint.py" />
      <source>Identify</source>
      <translation>Identifier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/identify_hint.py" />
      <source>could not be read</source>
      <translation>n’a pas pu être lu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/identify_hint.py" />
      <source>“{layer}” could not be read here: {reason}</source>
      <translation>« {layer} » n’a pas pu être lu ici : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/loader.py" />
      <source>Adding {count} layers…</source>
      <translation>Ajout de {count} couches…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/loader.py" />
      <source>Adding “{name}”…</source>
      <translation>Ajout de « {name} »…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/loader.py" />
      <source>{failed} of {total} layers could not be added: {names}. The first: {reason}</source>
      <translation>{failed} couches sur {total} n’ont pas pu être ajoutées : {names}. La première : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>{count} layers of “{connection}” can't be read. The first: {reason}</source>
      <translation>{count} couches de « {connection} » ne peuvent pas être lues. La première : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>{count} layers of “{connection}” wait. The first: {reason}</source>
      <translation>{count} couches de « {connection} » attendent. La première : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>{count} layers were replaced in the store; the map shows the new objects.</source>
      <translation>{count} couches ont été remplacées dans le stockage ; la carte montre les nouveaux objets.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>“{layer}” can't be read: {reason}</source>
      <translation>« {layer} » ne peut pas être lu : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>“{layer}” waits: {reason}</source>
      <translation>« {layer} » attend : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/notices.py" />
      <source>“{name}” was replaced in the store; the map shows the new object now.</source>
      <translation>« {name} » a été remplacé dans le stockage ; la carte montre maintenant le nouvel objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/progress_note.py" />
      <source>Cancel</source>
      <translation>Annuler</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>1 failure</source>
      <translation>1 échec</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>1 request</source>
      <translation>1 requête</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Can't be read at the moment</source>
      <translation>Ne peut pas être lu pour le moment</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>It is drawn as soon as the answer comes.</source>
      <translation>La couche est dessinée dès que la réponse arrive.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>It is drawn as soon as you sign in.</source>
      <translation>La couche est dessinée dès que vous vous connectez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>It is tried again by itself, and drawn when it works.</source>
      <translation>De nouveaux essais ont lieu d’eux-mêmes, et la couche est dessinée dès qu’ils réussissent.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>It opens by itself as soon as its account can be reached.</source>
      <translation>La couche s’ouvre d’elle-même dès que son compte est joignable.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>No answer for {seconds} s</source>
      <translation>Pas de réponse depuis {seconds} s</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Reads without errors</source>
      <translation>Se lit sans erreur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Reload it to see what is there now.</source>
      <translation>Rechargez la couche pour voir ce qui s’y trouve maintenant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Replaced in the store</source>
      <translation>Remplacé dans le stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Waits for a sign-in</source>
      <translation>Attend une connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>Waits to be opened</source>
      <translation>Attend d’être ouvert</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>{count} failures</source>
      <translation>{count} échecs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>{count} requests</source>
      <translation>{count} requêtes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>{size} from memory</source>
      <translation>{size} depuis la mémoire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/texts.py" />
      <source>{size} from the store</source>
      <translation>{size} depuis le stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/time_notice.py" />
      <source>{count} new layers are of other times than the map shows, so they are not drawn now. QGIS's temporal controller changes the time of the map.</source>
      <translation>{count} nouvelles couches sont d’autres dates que celle affichée par la carte ; elles ne sont donc pas dessinées. Le contrôleur temporel de QGIS change la date de la carte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/time_notice.py" />
      <source>“{name}” is of {time}. The map shows another time, so it is not drawn now. QGIS's temporal controller changes the time of the map.</source>
      <translation>« {name} » est du {time}. La carte affiche une autre date ; la couche n’est donc pas dessinée. Le contrôleur temporel de QGIS change la date de la carte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/vrt_notice.py" />
      <source>Write the store's addresses</source>
      <translation>Écrire les adresses du stockage</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/layers/vrt_notice.py" />
      <source>“{name}” was made of layers from an object store, and refers to them by addresses that end when QGIS is closed. With the store's addresses instead, it opens later where the objects can be read without signing in; or save a raster instead of a virtual one.</source>
      <translation>« {name} » a été fait de couches d'un stockage objet, et s'y réfère par des adresses qui cessent d'exister à la fermeture de QGIS. Avec les adresses du stockage à la place, il s'ouvrira plus tard là où les objets se lisent sans connexion ; sinon, enregistrez un raster plutôt qu'un raster virtuel.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Access to container “{name}”</source>
      <translation>Accès au conteneur « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Container “{name}” is private.</source>
      <translation>Le conteneur « {name} » est privé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Container “{name}” is public.</source>
      <translation>Le conteneur « {name} » est public.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Everybody in the world can then list and read all of it, without signing in.</source>
      <translation>Le monde entier pourra alors en lister et en lire tout le contenu, sans s'identifier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Google Cloud Storage makes buckets public by roles, which may hold for more than this bucket, so this is done in Google's console: open the bucket, then Permissions › Grant access, and give “allUsers” the role Storage Object Viewer. To give a single object away, use “Share link…”.</source>
      <translation>Google Cloud Storage rend les buckets publics par des rôles, qui peuvent valoir pour plus que ce bucket ; cela se fait donc dans la console de Google : ouvrez le bucket, puis Autorisations › Accorder l’accès, et donnez à « allUsers » le rôle Lecteur des objets Storage. Pour donner un seul objet, utilisez « Lien de partage… ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>It is empty, so there was nothing to try it with.</source>
      <translation>Il est vide : il n'y avait rien pour l'essayer.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>It was tried: these can't be read without signing in.</source>
      <translation>Essai fait : ces objets ne peuvent pas être lus sans s'identifier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>It was tried: these could be read without signing in.</source>
      <translation>Essai fait : ces objets ont pu être lus sans s'identifier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Looking who may read it…</source>
      <translation>Recherche de qui peut le lire…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Make it private</source>
      <translation>Le rendre privé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Make it public</source>
      <translation>Le rendre public</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Others that may read it now stay: {readers}.</source>
      <translation>Les autres qui peuvent le lire aujourd’hui restent : {readers}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>S3 makes buckets public by a policy, and by blocks for the whole account, so this is done at the provider: in Amazon's console open the bucket, then Permissions, take away “Block public access”, and add a policy that allows everybody (“*”) s3:GetObject and s3:ListBucket. To give a single object away, use “Share link…”.</source>
      <translation>S3 rend les buckets publics par une stratégie, et par des blocages pour tout le compte ; cela se fait donc chez le fournisseur : dans la console d’Amazon, ouvrez le bucket, puis Autorisations, levez « Bloquer l’accès public », et ajoutez une stratégie qui permet à tous (« * ») s3:GetObject et s3:ListBucket. Pour donner un seul objet, utilisez « Lien de partage… ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>Setting, and trying it as a stranger…</source>
      <translation>Réglage, puis essai en tant qu’inconnu…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>“{name}” is private: only people of its project can read it. Make it public?</source>
      <translation>« {name} » est privé : seuls les membres de son projet peuvent le lire. Le rendre public ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>“{name}” is public, but the container with the parts of its large objects is not: large objects are listed, and can't be read. Open that as well?</source>
      <translation>« {name} » est public, mais le conteneur des parties de ses grands objets ne l'est pas : les grands objets sont listés mais illisibles. L'ouvrir aussi ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/access.py" />
      <source>“{name}” is public: everybody can read it. Make it private? Web maps and layers that read it without signing in then fail.</source>
      <translation>« {name} » est public : tout le monde peut le lire. Le rendre privé ? Les cartes web et les couches qui le lisent sans s'identifier échoueront alors.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>A web address can only be read.</source>
      <translation>Une adresse web ne peut qu’être lue.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Copy as</source>
      <translation>Copier comme</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Copy to…</source>
      <translation>Copier vers…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Delete container…</source>
      <translation>Supprimer le conteneur…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Delete…</source>
      <translation>Supprimer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Download…</source>
      <translation>Télécharger…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Earth Engine asset…</source>
      <translation>Asset d’Earth Engine…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Earth Engine reads COGs from Google Cloud Storage only. Put the object into a bucket there, and open it through a connection to Google.</source>
      <translation>Earth Engine ne lit les COG que dans Google Cloud Storage. Déposez l’objet dans un bucket là-bas, et ouvrez-le par une connexion à Google.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>GDAL command</source>
      <translation>Commande GDAL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>GDAL path</source>
      <translation>Chemin GDAL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Public or private…</source>
      <translation>Public ou privé…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Python</source>
      <translation>Python</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Rename or move…</source>
      <translation>Renommer ou déplacer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Select objects first.</source>
      <translation>Sélectionnez d’abord des objets.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Select objects of one container.</source>
      <translation>Sélectionnez des objets d’un seul conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Select objects or folders first.</source>
      <translation>Sélectionnez d'abord des objets ou des dossiers.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Select objects, and no folders.</source>
      <translation>Sélectionnez des objets, et pas de dossiers.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Select one object.</source>
      <translation>Sélectionnez un seul objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/actions.py" />
      <source>Share link…</source>
      <translation>Lien de partage…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/address_forms.py" />
      <source>The name “{name}” has characters that are not to be seen, or break lines. Pasted elsewhere it might do harm, so nothing is copied. Rename the object first.</source>
      <translation>Le nom « {name} » contient des caractères invisibles ou des sauts de ligne. Collé ailleurs, il pourrait nuire : rien n’est donc copié. Renommez d’abord l’objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/address_forms.py" />
      <source>The name “{name}” has {signs}, which Windows would not take as a part of a name in a command. Copy the GDAL path instead, or rename the object.</source>
      <translation>Le nom « {name} » contient {signs}, que Windows ne prendrait pas pour une partie d’un nom dans une commande. Copiez plutôt le chemin GDAL, ou renommez l’objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Container “{name}” is deleted.</source>
      <translation>Le conteneur « {name} » est supprimé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Container “{name}” is not empty, so it can't be deleted. Open it, select all that is in it (Ctrl+A), delete that, and try again.</source>
      <translation>Le conteneur « {name} » n'est pas vide et ne peut donc pas être supprimé. Ouvrez-le, sélectionnez tout son contenu (Ctrl+A), supprimez-le, puis réessayez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Counting…</source>
      <translation>Comptage…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Counting… {count} objects</source>
      <translation>Comptage… {count} objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Delete</source>
      <translation>Supprimer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Delete container</source>
      <translation>Supprimer le conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Delete the empty container “{name}”?</source>
      <translation>Supprimer le conteneur vide « {name} » ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Delete {what} from container “{container}”? This can't be undone.</source>
      <translation>Supprimer {what} du conteneur « {container} » ? C’est irréversible.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Deleted: {what}.</source>
      <translation>Supprimé : {what}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Deleting {count} objects…</source>
      <translation>Suppression de {count} objets…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Deleting…</source>
      <translation>Suppression…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Looking whether it is empty…</source>
      <translation>Vérification qu'il est vide…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>Open layers show what is to be deleted, and won't draw any more: {names}.</source>
      <translation>Des couches ouvertes montrent ce qui va être supprimé et ne se dessineront plus : {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>So is “{name}”, which held parts of its large objects.</source>
      <translation>« {name} », qui contenait les parties de ses grands objets, l'est aussi.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>There is nothing to delete: the folder is gone already.</source>
      <translation>Il n'y a rien à supprimer : le dossier a déjà disparu.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/delete.py" />
      <source>This container holds parts of large objects: those whose parts are deleted can't be read any more.</source>
      <translation>Ce conteneur contient des parties de grands objets : ceux dont des parties sont supprimées ne pourront plus être lus.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/exit_question.py" />
      <source>1 transfer is under way. Close QGIS and stop it?</source>
      <translation>1 transfert est en cours. Fermer QGIS et l’arrêter ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/exit_question.py" />
      <source>Close QGIS</source>
      <translation>Fermer QGIS</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/exit_question.py" />
      <source>What is complete stays. A large file on its way up to Swift can go on where it stopped, by “Unfinished uploads…” of its connection; all else is begun again.</source>
      <translation>Ce qui est complet reste. L’envoi d’un gros fichier vers Swift peut reprendre là où il s’est arrêté, par « Envois inachevés… » de sa connexion ; tout le reste est à recommencer.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/exit_question.py" />
      <source>{count} transfers are under way. Close QGIS and stop them?</source>
      <translation>{count} transferts sont en cours. Fermer QGIS et les arrêter ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/manage.py" />
      <source>Copied: {text}</source>
      <translation>Copié : {text}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/manage.py" />
      <source>Moved: {what}.</source>
      <translation>Déplacé : {what}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/manage.py" />
      <source>{count} objects are selected; at most {limit} are copied as text.</source>
      <translation>{count} objets sont sélectionnés ; {limit} au plus sont copiés comme texte.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/manage.py" />
      <source>“{old}” is “{new}” now.</source>
      <translation>« {old} » s’appelle maintenant « {new} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>A folder can't be put into itself.</source>
      <translation>Un dossier ne peut pas être placé dans lui-même.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Choose a container.</source>
      <translation>Choisissez un conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Copied: {what}.</source>
      <translation>Copié : {what}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Copying {count} objects…</source>
      <translation>Copie de {count} objets…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Folder</source>
      <translation>Dossier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Layers open the objects under their new names…</source>
      <translation>Les couches ouvrent les objets sous leurs nouveaux noms…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Layers that join several objects can't follow, and won't draw: {names}.</source>
      <translation>Les couches qui réunissent plusieurs objets ne peuvent pas suivre et ne s'afficheront plus : {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Looking what is there already…</source>
      <translation>Recherche de ce qui existe déjà…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Move</source>
      <translation>Déplacer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Moving {count} objects…</source>
      <translation>Déplacement de {count} objets…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Rename or move</source>
      <translation>Renommer ou déplacer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Replace</source>
      <translation>Remplacer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>That is where it is now: write another name, or choose another container.</source>
      <translation>C'est là qu'il se trouve : écrivez un autre nom ou choisissez un autre conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>There is nothing left: refresh to see what is there now.</source>
      <translation>Il ne reste rien : actualisez pour voir ce qu'il y a maintenant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>These layers could not follow: {names}.</source>
      <translation>Ces couches n'ont pas pu suivre : {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>Undo</source>
      <translation>Annuler l’opération</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>{count} of {total} objects are there already. Replace them? This can't be undone.</source>
      <translation>{count} objets sur {total} existent déjà. Les remplacer ? C’est irréversible.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move.py" />
      <source>{what} → {folder}</source>
      <translation>{what} → {folder}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>Web servers tell no checksums: of what comes, length and version are compared. What goes up is compared by the other store.</source>
      <translation>Les serveurs web ne donnent pas de sommes de contrôle : de ce qui arrive, la longueur et la version sont comparées. Ce qui est envoyé est comparé par l’autre stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>What comes is compared with the checksum that it was stored with; of what was stored without one, with length and version. What goes up is compared by the other store.</source>
      <translation>Ce qui arrive est comparé à la somme de contrôle avec laquelle il a été enregistré ; sans elle, la longueur et la version sont comparées. Ce qui est envoyé est comparé par l’autre stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>What comes is compared with the checksums of this store, where it tells them (not of dynamic large objects), and what goes up by the other one.</source>
      <translation>Ce qui arrive est comparé aux sommes de contrôle de ce stockage, là où il les donne (pas pour les grands objets dynamiques), et ce qui est envoyé est comparé par l’autre.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>What comes is compared with this store's checksum; of what was stored in parts or is encrypted with KMS or a key of your own, with length and version. What goes up is compared by the other store.</source>
      <translation>Ce qui arrive est comparé à la somme de contrôle de ce stockage ; de ce qui a été enregistré en parties ou est chiffré par KMS ou avec une clé à vous, la longueur et la version sont comparées. Ce qui est envoyé est comparé par l’autre stockage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>{verb} {what} to another account. All of it comes to this computer and goes up from here.</source>
      <translation>{verb} {what} vers un autre compte. Tout passe par cet ordinateur, d’où il est envoyé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/move_question.py" />
      <source>{verb} {what} to another name, folder or container. Nothing is downloaded.</source>
      <translation>{verb} {what} vers un autre nom, dossier ou conteneur. Rien n’est téléchargé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/new_container.py" />
      <source>Name of the new container</source>
      <translation>Nom du nouveau conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/new_container.py" />
      <source>Name of the new container:</source>
      <translation>Nom du nouveau conteneur :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/new_container.py" />
      <source>New container</source>
      <translation>Nouveau conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/pinned.py" />
      <source>Earth Engine assets read this as it is now, and fail once it is replaced, moved or deleted, unless the bucket keeps versions: {names}.</source>
      <translation>Des assets d’Earth Engine lisent ceci tel quel, et ne se liront plus une fois que ce sera remplacé, déplacé ou supprimé, à moins que le bucket ne garde les versions : {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/pinned.py" />
      <source>and {count} more</source>
      <translation>et {count} autres</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>1 day</source>
      <translation>1 jour</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>1 hour</source>
      <translation>1 heure</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>1 week</source>
      <translation>1 semaine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>1 year</source>
      <translation>1 an</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>30 days</source>
      <translation>30 jours</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Container “{name}” has no key for links yet. One will be made and kept in the container's metadata, which only owners of the project see. Whoever knows it can make links to read, change and delete every object of this container.</source>
      <translation>Le conteneur « {name} » n'a pas encore de clé pour les liens. Une clé sera créée et gardée dans les métadonnées du conteneur, que seuls les propriétaires du projet voient. Qui la connaît peut faire des liens pour lire, modifier et supprimer tous les objets de ce conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Looking for what can sign the link…</source>
      <translation>Recherche de ce qui peut signer le lien…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Make a key and the link</source>
      <translation>Créer une clé et le lien</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Make the link</source>
      <translation>Créer le lien</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Making the link, and trying it…</source>
      <translation>Création du lien, puis essai…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Share “{name}”</source>
      <translation>Partager « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>The link is on the clipboard. It was tried, and works until {time}.</source>
      <translation>Le lien est dans le presse-papiers. Il a été essayé et fonctionne jusqu'au {time}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>The link works for</source>
      <translation>Le lien est valable</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>Whoever has the link can read “{name}”, and nothing else, until it ends. It can't be taken back singly before: treat it like a password.</source>
      <translation>Qui a le lien peut lire « {name} », et rien d'autre, jusqu'à son expiration. Il ne peut pas être révoqué seul avant : traitez-le comme un mot de passe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/share.py" />
      <source>“Large” objects have their parts in another container, so only a key of the whole project can sign the link, and it has none yet. One will be made and kept in the account's metadata, which only owners of the project see. Whoever knows it can make links to read, change and delete everything in this project.</source>
      <translation>Les « grands » objets ont leurs parties dans un autre conteneur : seule une clé du projet entier peut signer le lien, et il n'en a pas encore. Une clé sera créée et gardée dans les métadonnées du compte, que seuls les propriétaires du projet voient. Qui la connaît peut faire des liens pour lire, modifier et supprimer tout ce qui est dans ce projet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_fields.py" />
      <source>Choose a connection.</source>
      <translation>Choisissez une connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_fields.py" />
      <source>Sign in to this connection, or choose another one.</source>
      <translation>Connectez-vous à cette connexion, ou choisissez-en une autre.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_fields.py" />
      <source>Signing in, and looking for its containers…</source>
      <translation>Connexion, et recherche de ses conteneurs…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>A bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots, and begins and ends with a letter or digit.</source>
      <translation>Le nom d’un bucket a de 3 à 63 lettres minuscules, chiffres, traits d’union et points, et commence et finit par une lettre ou un chiffre.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>A container's name has 3 to 63 lower-case letters, digits and single hyphens between them.</source>
      <translation>Le nom d’un conteneur a de 3 à 63 lettres minuscules, chiffres et traits d’union isolés entre eux.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>A container's name has no “/”. Folders come with the names of the objects.</source>
      <translation>Le nom d’un conteneur n’a pas de « / ». Les dossiers viennent avec les noms des objets.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>A name that ends with “/” is that of a folder; write the object's name after it.</source>
      <translation>Un nom qui finit par « / » est celui d'un dossier ; écrivez le nom de l'objet à la suite.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>The name is too long: a container's has at most {count} bytes.</source>
      <translation>Le nom est trop long : celui d'un conteneur a au plus {count} octets.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>Write a name.</source>
      <translation>Écrivez un nom.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>Write the folder's name.</source>
      <translation>Écrivez le nom du dossier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>“.” and “..” can't be names of containers: HTTP can't carry them safely.</source>
      <translation>« . » et « .. » ne peuvent pas être des noms de conteneurs : HTTP ne peut pas les transmettre sans risque.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>“{name}” has a broken character.</source>
      <translation>« {name} » contient un caractère cassé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>“{name}” has a line break or another control character.</source>
      <translation>« {name} » contient un saut de ligne ou un autre caractère de contrôle.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>“{name}” has a “.” or “..” between slashes, which HTTP can't carry safely.</source>
      <translation>« {name} » contient un « . » ou « .. » entre des barres obliques, que HTTP ne transporte pas sûrement.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/target_names.py" />
      <source>“{name}” is too long: a name has at most {count} bytes, with its folders.</source>
      <translation>« {name} » est trop long : un nom a au plus {count} octets, dossiers compris.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>Close</source>
      <translation>Fermer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>Confirmation</source>
      <translation>Confirmation</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>Names</source>
      <translation>Noms</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>Stopping…</source>
      <translation>Arrêt…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>Type {text}, the number of objects, to confirm:</source>
      <translation>Tapez {text}, le nombre d'objets, pour confirmer :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/task_dialog.py" />
      <source>… and {count} more</source>
      <translation>… et {count} autres</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/tasks.py" />
      <source>It was given up after many failures in a row; {count} are left.</source>
      <translation>Abandonné après de nombreux échecs de suite ; il en reste {count}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/tasks.py" />
      <source>Up to {count} of these were on their way and may still be done.</source>
      <translation>Jusqu’à {count} d’entre eux étaient en cours et peuvent encore être traités.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/tasks.py" />
      <source>You have stopped it; {count} are left.</source>
      <translation>Vous l’avez arrêté ; il en reste {count}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/tasks.py" />
      <source>{count} failed:</source>
      <translation>{count} échecs :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfer_work.py" />
      <source>Folder “{name}” can't be read: {reason}.</source>
      <translation>Le dossier « {name} » ne peut pas être lu : {reason}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfer_work.py" />
      <source>Symbolic links in a folder are not followed, so they are left out: {count}.</source>
      <translation>Les liens symboliques d’un dossier ne sont pas suivis et sont donc laissés de côté : {count}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfer_work.py" />
      <source>{count} more were not tried after many failures in a row.</source>
      <translation>{count} autres n’ont pas été tentés après de nombreux échecs de suite.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfer_work.py" />
      <source>“{one}” and “{other}” would both become “{key}”. Upload them to two folders.</source>
      <translation>« {one} » et « {other} » deviendraient tous deux « {key} ». Envoyez-les dans deux dossiers.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>Go on</source>
      <translation>Continuer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>Pause</source>
      <translation>Suspendre</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>Remove finished</source>
      <translation>Retirer les terminés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>Transfer</source>
      <translation>Transfert</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>Transfers</source>
      <translation>Transferts</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>begins…</source>
      <translation>commence…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>done</source>
      <translation>terminé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>done. {note}</source>
      <translation>terminé. {note}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>paused at {n} %</source>
      <translation>suspendu à {n} %</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>stopped</source>
      <translation>arrêté</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>waiting</source>
      <translation>en attente</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>{count} failed: {reason}</source>
      <translation>{count} échecs : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/transfers_dialog.py" />
      <source>{n} %</source>
      <translation>{n} %</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Download as</source>
      <translation>Télécharger sous</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Download as (the name is too long for a file, and is shortened)</source>
      <translation>Télécharger sous (le nom est trop long pour un fichier, et il est raccourci)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Download into</source>
      <translation>Télécharger dans</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Looking what is to be fetched…</source>
      <translation>Recherche de ce qu’il faut télécharger…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Names that are too long for this folder will be shortened: {count}.</source>
      <translation>Noms trop longs pour ce dossier, qui seront raccourcis : {count}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Some files are there already, and are others.</source>
      <translation>Certains fichiers existent déjà et sont différents.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>There is no file in it.</source>
      <translation>Il n'y a aucun fichier dedans.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Transfers…</source>
      <translation>Transferts…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Upload</source>
      <translation>Envoyer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Upload a folder as it is</source>
      <translation>Envoyer un dossier tel quel</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Upload files as they are</source>
      <translation>Envoyer des fichiers tels quels</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Upload files…</source>
      <translation>Envoyer des fichiers…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/manage/up_and_down.py" />
      <source>Upload folder…</source>
      <translation>Envoyer un dossier…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Adding the layer…</source>
      <translation>Ajout de la couche…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Band</source>
      <translation>Bande</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Bands of the selected objects, from their headers:</source>
      <translation>Bandes des objets sélectionnés, d’après leurs en-têtes :</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Blue</source>
      <translation>Bleu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Choose bands</source>
      <translation>Choisir des bandes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Data type</source>
      <translation>Type de données</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Green</source>
      <translation>Vert</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Grey</source>
      <translation>Gris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>None of the objects is a raster.</source>
      <translation>Aucun des objets n’est un raster.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>One band in grey</source>
      <translation>Une bande en gris</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Pixel values stay as they are; only the display is chosen.</source>
      <translation>Les valeurs des pixels restent telles quelles ; seul l’affichage est choisi.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Reading the headers…</source>
      <translation>Lecture des en-têtes…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Red</source>
      <translation>Rouge</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Red, green and blue</source>
      <translation>Rouge, vert et bleu</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>Wavelength</source>
      <translation>Longueur d’onde</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/band_dialog.py" />
      <source>{name}, bands {numbers}</source>
      <translation>{name}, bandes {numbers}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/many.py" />
      <source>Mosaic: reading the headers of {count} objects…</source>
      <translation>Mosaïque : lecture des en-têtes de {count} objets…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/many.py" />
      <source>{count} containers</source>
      <translation>{count} conteneurs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/many.py" />
      <source>{count} objects are selected; at most {limit} are added at once.</source>
      <translation>{count} objets sont sélectionnés ; {limit} au plus sont ajoutés à la fois.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/many.py" />
      <source>{failed} of {total} objects could not be read: {names}. The first: {reason}</source>
      <translation>{failed} objets sur {total} n’ont pas pu être lus : {names}. Le premier : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/many.py" />
      <source>{folder}, mosaic of {count}</source>
      <translation>{folder}, mosaïque de {count}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/menu.py" />
      <source>Add as a group</source>
      <translation>Ajouter comme groupe</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/menu.py" />
      <source>Add as one mosaic</source>
      <translation>Ajouter comme une seule mosaïque</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/menu.py" />
      <source>Choose bands…</source>
      <translation>Choisir des bandes…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/menu.py" />
      <source>Select at most {count} objects.</source>
      <translation>Sélectionnez au plus {count} objets.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/many/menu.py" />
      <source>Select two objects or more.</source>
      <translation>Sélectionnez deux objets ou plus.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Accounts…</source>
      <translation>Comptes…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>As {form}…</source>
      <translation>En {form}…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Check server…</source>
      <translation>Vérifier le serveur…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Import connections…</source>
      <translation>Importer des connexions…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>It is a valid COG.</source>
      <translation>C’est un COG valide.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Make it a proper COG…</source>
      <translation>En faire un vrai COG…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>New container…</source>
      <translation>Nouveau conteneur…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Publish here…</source>
      <translation>Publier ici…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Remove connection…</source>
      <translation>Supprimer la connexion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Sort by</source>
      <translation>Trier par</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Unfinished uploads…</source>
      <translation>Envois inachevés…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Validate all…</source>
      <translation>Tout valider…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Ask the owner of the project or container for access.</source>
      <translation>Demandez l’accès au propriétaire du projet ou du conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Ask the provider for more room, or remove something.</source>
      <translation>Demandez plus de place au fournisseur, ou supprimez quelque chose.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Damaged data</source>
      <translation>Données endommagées</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>If it goes on, tell the provider the request.</source>
      <translation>Si cela persiste, indiquez la requête au fournisseur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>It can't work like this</source>
      <translation>Impossible ainsi</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>It exists already</source>
      <translation>Existe déjà</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>No connection</source>
      <translation>Pas de connexion</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>No room left</source>
      <translation>Plus de place</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not a usable raster</source>
      <translation>Pas un raster utilisable</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not allowed</source>
      <translation>Non autorisé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not found</source>
      <translation>Introuvable</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not signed in</source>
      <translation>Non connecté</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Refresh to see what is there now.</source>
      <translation>Actualisez pour voir ce qui s’y trouve maintenant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Sign in to see what is in it.</source>
      <translation>Connectez-vous pour en voir le contenu.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Sign-in refused</source>
      <translation>Connexion refusée</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Stopped</source>
      <translation>Arrêté</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>The server failed</source>
      <translation>Le serveur a échoué</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>The server is busy</source>
      <translation>Le serveur est occupé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Try again.</source>
      <translation>Réessayez.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Unexpected answer</source>
      <translation>Réponse inattendue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Unexpected error</source>
      <translation>Erreur inattendue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>You have stopped the listing.</source>
      <translation>Vous avez arrêté le listage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>{kind}: the log panel, tab “COG Browser”, has the details.</source>
      <translation>{kind} : le panneau du journal, onglet « COG Browser », donne les détails.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>No containers yet</source>
      <translation>Pas encore de conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>No name here has “{words}” in it. Enter searches in all folders below.</source>
      <translation>Aucun nom ici ne contient « {words} ». Entrée cherche dans tous les dossiers en dessous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>No raster here has “{words}” in its name. Enter searches in all folders below.</source>
      <translation>Aucun raster ici n’a « {words} » dans son nom. Entrée cherche dans tous les dossiers en dessous.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Nothing found</source>
      <translation>Rien trouvé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Nothing here matches</source>
      <translation>Rien ne correspond ici</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Publish a raster here as a COG, or upload files as they are.</source>
      <translation>Publiez ici un raster en COG, ou envoyez des fichiers tels quels.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Select a connection, container or folder.</source>
      <translation>Sélectionnez une connexion, un conteneur ou un dossier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Show all</source>
      <translation>Tout afficher</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>Show the folder</source>
      <translation>Afficher le dossier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>There are only other files here, and rasters alone are shown.</source>
      <translation>Il n’y a ici que d’autres fichiers, et seuls les rasters sont affichés.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/notices.py" />
      <source>This folder is empty</source>
      <translation>Ce dossier est vide</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>CORS of container “{name}”</source>
      <translation>CORS du conteneur « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>For web maps of other sites: Azure sets CORS for a whole storage account. Set it in the portal, under Settings › Resource sharing (CORS), Blob service.</source>
      <translation>Pour les cartes web d'autres sites : Azure définit le CORS pour tout un compte de stockage. Définissez-le dans le portail, sous Paramètres › Partage des ressources (CORS), service BLOB.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>For web maps of other sites: set CORS on the bucket with Google's own tool: gcloud storage buckets update --cors-file.</source>
      <translation>Pour les cartes web d'autres sites : définissez le CORS du bucket avec l'outil de Google lui-même : gcloud storage buckets update --cors-file.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Origins</source>
      <translation>Origines</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Remove CORS</source>
      <translation>Retirer CORS</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Set CORS</source>
      <translation>Définir CORS</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Set now</source>
      <translation>Défini actuellement</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Web pages of these origins may then read what their visitors may read in this container. Nothing becomes public by it. Write one origin on each line, e.g. https://maps.example.org, or * for all pages; none removes the permission.</source>
      <translation>Les pages web de ces origines pourront lire ce que leurs visiteurs peuvent lire dans ce conteneur. Rien n’en devient public. Écrivez une origine par ligne, p. ex. https://maps.example.org, ou * pour toutes les pages ; aucune retire la permission.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>Will be set</source>
      <translation>Sera défini</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/cors_dialog.py" />
      <source>nothing</source>
      <translation>rien</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>Error</source>
      <translation>Erreur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>No findings.</source>
      <translation>Aucun constat.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>Note</source>
      <translation>Remarque</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>Warning</source>
      <translation>Avertissement</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>expected: {value}</source>
      <translation>attendu : {value}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/findings_view.py" />
      <source>found: {value}</source>
      <translation>trouvé : {value}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/object_actions.py" />
      <source>The CORS metadata of container “{name}” is set.</source>
      <translation>Les métadonnées CORS du conteneur « {name} » sont définies.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/object_actions.py" />
      <source>“{name}” is a proper COG now.</source>
      <translation>« {name} » est maintenant un vrai COG.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>Convert</source>
      <translation>Convertir</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>Downloading, converting and checking…</source>
      <translation>Téléchargement, conversion et vérification…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>Looking at the object…</source>
      <translation>Examen de l’objet…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>Make “{name}” a proper COG</source>
      <translation>Faire de « {name} » un vrai COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>The new COG</source>
      <translation>Le nouveau COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>The new COG is ready and checked: {after}, in place of {before}. Replace the object “{name}” in container “{container}” with it? The old one is then gone, unless the container keeps versions.</source>
      <translation>Le nouveau COG est prêt et vérifié : {after}, au lieu de {before}. Remplacer par lui l’objet « {name} » du conteneur « {container} » ? L’ancien sera perdu, sauf si le conteneur garde les versions.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>The object has {size}. It is downloaded and converted on this computer first; nothing is replaced before you have seen the result.</source>
      <translation>L’objet fait {size}. Il est d’abord téléchargé et converti sur cet ordinateur ; rien n’est remplacé avant que vous n’ayez vu le résultat.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>The object now</source>
      <translation>L’objet actuel</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>This is a proper COG already. There is nothing to do.</source>
      <translation>C’est déjà un vrai COG. Il n’y a rien à faire.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/repair_dialog.py" />
      <source>Uploading…</source>
      <translation>Envoi…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Asking the server…</source>
      <translation>Interrogation du serveur…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Check again</source>
      <translation>Vérifier à nouveau</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Copy settings</source>
      <translation>Copier les réglages</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Ready for QGIS and GDAL, but not for web maps of other sites.</source>
      <translation>Prêt pour QGIS et GDAL, mais pas pour les cartes web d’autres sites.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Ready for QGIS, GDAL and web maps.</source>
      <translation>Prêt pour QGIS, GDAL et les cartes web.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Server of “{name}”</source>
      <translation>Serveur de « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>Set CORS on this container…</source>
      <translation>Définir CORS sur ce conteneur…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>This server can't be read in parts.</source>
      <translation>Ce serveur ne se lit pas par parties.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>What to write into the server's settings</source>
      <translation>Ce qu’il faut écrire dans la configuration du serveur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/server_dialog.py" />
      <source>{verdict} This is about the server only: the file is no COG.</source>
      <translation>{verdict} Cela ne concerne que le serveur : le fichier n’est pas un COG.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>Find the object store in the catalogue</source>
      <translation>Trouver le stockage objet dans le catalogue</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>It works: {what}.</source>
      <translation>Tout fonctionne : {what}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>List the containers</source>
      <translation>Lister les conteneurs</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>Not encrypted (http)</source>
      <translation>Non chiffré (http)</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>Reach the host</source>
      <translation>Joindre l’hôte</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>Speak TLS with it</source>
      <translation>Établir TLS avec lui</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/objects/steps_view.py" />
      <source>{seconds} s</source>
      <translation>{seconds} s</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>A layer gets the time its image was taken, where metadata or name say it without doubt, so that QGIS's temporal controller can show it at its time.</source>
      <translation>Une couche reçoit la date de prise de vue de son image, lorsque les métadonnées ou le nom la donnent sans ambiguïté, pour que le contrôleur temporel de QGIS l’affiche à sa date.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Date new layers</source>
      <translation>Dater les nouvelles couches</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Memory</source>
      <translation>Mémoire</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Open layers</source>
      <translation>Couches ouvertes</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Open the folder that was open last</source>
      <translation>Rouvrir le dernier dossier ouvert</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Panel</source>
      <translation>Panneau</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Parts of large objects are kept in a container of their own, e.g. rasters_segments beside rasters. They are no files to open; deleting one breaks its object. Refresh the panel to see the change.</source>
      <translation>Les parties des grands objets sont gardées dans un conteneur à part, p. ex. rasters_segments à côté de rasters. Ce ne sont pas des fichiers à ouvrir ; en supprimer une rend son objet inutilisable. Actualisez le panneau pour voir le changement.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Read ahead</source>
      <translation>Lire à l’avance</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>Show the containers of segments</source>
      <translation>Montrer les conteneurs de segments</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>What layers have read is kept for all of them together, so that looking at the same place again asks no server.</source>
      <translation>Ce que les couches ont lu est gardé pour toutes ensemble, afin que revoir le même endroit ne sollicite aucun serveur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/options_page.py" />
      <source>While nothing else is read, fetch what lies around the map view and in the next zoom levels. Turn it off where every byte is paid for.</source>
      <translation>Tant que rien d’autre n’est lu, charger ce qui entoure la vue de la carte et les niveaux de zoom suivants. À désactiver là où chaque octet est payant.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/place_listing.py" />
      <source>Double click to retry.</source>
      <translation>Double-cliquez pour réessayer.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/place_listing.py" />
      <source>More in the COG Browser panel…</source>
      <translation>La suite dans le panneau COG Browser…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/place_listing.py" />
      <source>More…</source>
      <translation>Suite…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/place_listing.py" />
      <source>Nothing is in it.</source>
      <translation>Il n’y a rien ici.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/place_listing.py" />
      <source>{count} names are shown. Double click to see the next ones.</source>
      <translation>{count} noms sont affichés. Double-cliquez pour voir les suivants.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/providers.py" />
      <source>Copy URL</source>
      <translation>Copier l’URL</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/providers.py" />
      <source>Open in the COG Browser panel</source>
      <translation>Ouvrir dans le panneau COG Browser</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/qgis_browser/providers.py" />
      <source>The COG Browser panel shows what is in it, under Details.</source>
      <translation>Le panneau COG Browser montre son contenu, sous Détails.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/refresh.py" />
      <source>The selected objects would have been scattered, so nothing is selected now.</source>
      <translation>Les objets sélectionnés auraient été dispersés ; plus rien n’est donc sélectionné.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 container</source>
      <translation>1 conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 folder</source>
      <translation>1 dossier</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 object</source>
      <translation>1 objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>anybody</source>
      <translation>n’importe qui</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>this machine</source>
      <translation>cette machine</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>token</source>
      <translation>jeton</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>{account} at {host}</source>
      <translation>{account} sur {host}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>{count} folders</source>
      <translation>{count} dossiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>An upload of this computer to “{name}” is unfinished.</source>
      <translation>Un envoi de cet ordinateur vers « {name} » est inachevé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>Cleaning up “{key}”…</source>
      <translation>Nettoyage de « {key} »…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>Sending to “{key}”…</source>
      <translation>Envoi vers « {key} »…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>Show…</source>
      <translation>Montrer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>The list may be incomplete.</source>
      <translation>La liste est peut-être incomplète.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>This kind of store keeps no unfinished uploads.</source>
      <translation>Ce type de stockage ne garde pas d'envois inachevés.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>Where is {name} now?</source>
      <translation>Où se trouve {name} maintenant ?</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished.py" />
      <source>{count} uploads of this computer to “{name}” are unfinished.</source>
      <translation>{count} envois de cet ordinateur vers « {name} » sont inachevés.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Begun on another computer or by another user less than a week ago, so it may still run, and would fail: {keys}</source>
      <translation>Commencé sur un autre ordinateur ou par un autre utilisateur il y a moins d'une semaine ; il est peut-être encore en cours et échouerait : {keys}</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Clean up</source>
      <translation>Nettoyer</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Clean up…</source>
      <translation>Nettoyer…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Delete the parts</source>
      <translation>Supprimer les parties</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Delete the parts of the upload to “{key}”? It can't be resumed then.</source>
      <translation>Supprimer les parties de l'envoi vers « {key} » ? Il ne pourra plus être repris.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Delete the parts of {count} unfinished uploads? They can't be resumed then.</source>
      <translation>Supprimer les parties de {count} envois inachevés ? Ils ne pourront plus être repris.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Delete the parts that have arrived. No object is touched.</source>
      <translation>Supprimer les parties déjà arrivées. Aucun objet n'est touché.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Delete them all the same</source>
      <translation>Les supprimer quand même</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Last part</source>
      <translation>Dernière partie</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Looking for unfinished uploads…</source>
      <translation>Recherche des envois inachevés…</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Resume</source>
      <translation>Reprendre</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Send what is missing; nothing is sent twice.</source>
      <translation>Envoyer ce qui manque ; rien n'est envoyé deux fois.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>There</source>
      <translation>Arrivé</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>There are no unfinished uploads.</source>
      <translation>Il n'y a pas d'envoi inachevé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Unfinished uploads</source>
      <translation>Envois inachevés</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>Unfinished uploads to “{name}”</source>
      <translation>Envois inachevés vers « {name} »</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>another computer or user</source>
      <translation>autre ordinateur ou utilisateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/transfers/unfinished_dialog.py" />
      <source>this computer</source>
      <translation>cet ordinateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/gui/tree_model.py" />
      <source>{count} more in the table</source>
      <translation>{count} de plus dans le tableau</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/base.py" />
      <source>A file</source>
      <translation>Un fichier</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>An object needs all of connection, container and key.</source>
      <translation>Un objet demande la connexion, le conteneur et la clé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Can be read in parts</source>
      <translation>Se lit par parties</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Check server of COG</source>
      <translation>Vérifier le serveur d’un COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>E.g. https://data.example.org/dem/alps.tif. Leave it out to check the server of an object of a connection.</source>
      <translation>P. ex. https://data.example.org/dem/alps.tif. À laisser vide pour contrôler le serveur d’un objet d’une connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Give either a URL, or connection, container and key.</source>
      <translation>Donnez soit une URL, soit connexion, conteneur et clé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Public URL of a file on the server</source>
      <translation>URL publique d’un fichier sur le serveur</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Report (JSON)</source>
      <translation>Rapport (JSON)</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>Tells whether a web server lets programs read a file on it in parts, as a Cloud Optimized GeoTIFF must be, and if not, what to change in the server's settings.

About a dozen requests are sent, and at most some 50 KB are read: ranges, HEAD, compression, wrapped bodies, redirects, ETag, and what web pages of other sites may read (CORS). What only web pages meet is a warning: QGIS reads on regardless.

Give either a public URL, which is asked without any secret and which QGIS keeps in the history, or connection, container and key of an object, whose server is asked with the connection's sign-in.

A bad server is a result (OK is false); the algorithm fails only where the server can't be reached.</source>
      <translation>Indique si un serveur web laisse les programmes lire un fichier par parties, comme il le faut pour un Cloud Optimized GeoTIFF, et sinon, ce qu’il faut changer dans la configuration du serveur.

Une douzaine de requêtes sont envoyées et au plus 50 Ko environ sont lus : plages d’octets, HEAD, compression, corps emballés, redirections, ETag, et ce que les pages web d’autres sites peuvent lire (CORS). Ce qui ne touche que les pages web est un avertissement : QGIS lit malgré tout.

Donnez soit une URL publique, interrogée sans aucun secret et que QGIS garde dans l’historique, soit connexion, conteneur et clé d’un objet, dont le serveur est interrogé avec l’identification de la connexion.

Un mauvais serveur est un résultat (OK est faux) ; l’algorithme n’échoue que si le serveur est injoignable.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>The object's full name in the container, e.g. dem/2024/alps.tif.</source>
      <translation>Le nom complet de l’objet dans le conteneur, p. ex. dem/2024/alpes.tif.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/check_server.py" />
      <source>cog,http,range,cors,server,web,url,nginx,apache,iis,swift,s3</source>
      <translation>cog,http,plage,cors,serveur,web,url,nginx,apache,iis,swift,s3</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Block size [pixels]</source>
      <translation>Taille des blocs [pixels]</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>COMPRESS={compress} changes pixels; choose the profile “web” or “custom” for it.</source>
      <translation>COMPRESS={compress} change les pixels ; choisissez pour cela le profil « web » ou « custom ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Expected: about {size} MB, {temporary} MB of temporary files, {seconds} seconds. Options: {options}</source>
      <translation>Prévu : environ {size} Mo, {temporary} Mo de fichiers temporaires, {seconds} secondes. Options : {options}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Folder for temporary files</source>
      <translation>Dossier des fichiers temporaires</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Left out: what the profile chooses. JPEG and WEBP change pixels; they are for “web” and “custom”.</source>
      <translation>Vide : ce que choisit le profil. JPEG et WEBP changent les pixels ; ils sont pour « web » et « custom ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Left out: “average” for measured values, “nearest” for classes and complex numbers. Classes (a colour table, category names) are never averaged: for them it is “nearest” or “mode”. Except for “web”, the full resolution is never resampled.</source>
      <translation>Vide : « average » pour des valeurs mesurées, « nearest » pour des classes et des nombres complexes. Les classes (table de couleurs, noms de catégories) ne sont jamais moyennées : pour elles, c’est « nearest » ou « mode ». Sauf pour « web », la pleine résolution n’est jamais rééchantillonnée.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>More creation options</source>
      <translation>Autres options de création</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Needs room for the overviews, for “web” and “earth-engine” for a whole copy.</source>
      <translation>Il y faut de la place pour les aperçus, et pour « web » et « earth-engine » pour une copie entière.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Options of GDAL's COG driver over those above, e.g. LEVEL=9 NUM_THREADS=2. Separate them by blanks, or by “|” where a value has blanks.</source>
      <translation>Options du pilote COG de GDAL, qui priment sur celles ci-dessus, p. ex. LEVEL=9 NUM_THREADS=2. Séparez-les par des espaces, ou par « | » si une valeur contient des espaces.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Pixel values differ from the source's; the result is for display.</source>
      <translation>Les valeurs des pixels diffèrent de celles de la source ; le résultat est pour l’affichage.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Prove that no pixel has changed</source>
      <translation>Prouver qu’aucun pixel n’a changé</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Proven: every pixel is identical to the source's.</source>
      <translation>Prouvé : chaque pixel est identique à celui de la source.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Reads the source a second time and compares it with the result bit by bit.</source>
      <translation>Lit la source une seconde fois et la compare au résultat bit à bit.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Resampling of the overviews</source>
      <translation>Rééchantillonnage des aperçus</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>SHA-256 of the pixels of band {number}: {checksum}</source>
      <translation>SHA-256 des pixels de la bande {number} : {checksum}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>The block size must be a multiple of 16 pixels.</source>
      <translation>La taille des blocs doit être un multiple de 16 pixels.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>The pixels were not compared with the source's, as you asked.</source>
      <translation>Les pixels n’ont pas été comparés à ceux de la source, comme vous l’avez demandé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>Width and height of a tile, a multiple of 16. Left out: 512, or 256 for “web”.</source>
      <translation>Largeur et hauteur d’une tuile, un multiple de 16. Vide : 512, ou 256 pour « web ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/conversion_parameters.py" />
      <source>“{pair}” is no creation option; write NAME=VALUE.</source>
      <translation>« {pair} » n’est pas une option de création ; écrivez NOM=VALEUR.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Convert to COG</source>
      <translation>Convertir en COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Converts any raster that GDAL opens to a Cloud Optimized GeoTIFF: tiled, compressed, with overviews inside, in the order that remote readers need.

The profiles “science”, “science-zstd” and “earth-engine” keep every pixel value bit by bit, and prove it by comparing the result with the source before the file appears under its name. Coordinate reference system, nodata value, scale, offset, units, names and colours are kept as well; what a GeoTIFF can't hold is said before the work begins. “web” makes a picture for web maps: its pixels change.

The source needs a coordinate reference system. A failed or cancelled conversion leaves no file behind. REPORT is JSON, with a SHA-256 of each band's pixels.</source>
      <translation>Convertit tout raster que GDAL ouvre en Cloud Optimized GeoTIFF : tuilé, compressé, avec les aperçus à l’intérieur, dans l’ordre dont ont besoin les lecteurs distants.

Les profils « science », « science-zstd » et « earth-engine » gardent chaque valeur de pixel bit à bit, et le prouvent en comparant le résultat à la source avant que le fichier n’apparaisse sous son nom. Le système de coordonnées, la valeur nodata, l’échelle, le décalage, les unités, les noms et les couleurs sont gardés aussi ; ce qu’un GeoTIFF ne peut contenir est dit avant que le travail commence. « web » fait une image pour les cartes web : ses pixels changent.

La source a besoin d’un système de coordonnées. Une conversion échouée ou annulée ne laisse aucun fichier. REPORT est en JSON, avec un SHA-256 des pixels de chaque bande.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>cog,geotiff,tiff,cloud,optimized,overviews,pyramids,compress,lossless</source>
      <translation>cog,geotiff,tiff,cloud,optimisé,aperçus,pyramides,compresser,sans perte</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Allow shorter names where they are too long</source>
      <translation>Permettre des noms plus courts là où ils sont trop longs</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Download objects</source>
      <translation>Télécharger des objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Downloads objects into a folder, byte by byte as they are in the store. Each file gets its name when all its bytes have arrived and agree with the store's checksum.

Names and room on the disk are checked before the first byte is fetched: nothing is saved outside the folder, and no two objects into one file. Files that are there and the same are left as they are; run it again after a failure, and it goes on where it stopped. Other files are replaced only if you allow it.

COUNT and SIZE (in bytes) say what was fetched, SKIPPED how many files were there.</source>
      <translation>Télécharge des objets dans un dossier, octet par octet tels qu'ils sont dans le stockage. Chaque fichier reçoit son nom quand tous ses octets sont arrivés et correspondent à la somme de contrôle du stockage.

Les noms et la place sur le disque sont vérifiés avant le premier octet : rien n'est enregistré hors du dossier, et jamais deux objets dans un même fichier. Les fichiers déjà présents et identiques restent tels quels ; après un échec, relancez, et le téléchargement continue où il s'est arrêté. Les autres fichiers ne sont remplacés que si vous le permettez.

COUNT et SIZE (en octets) disent ce qui a été téléchargé, SKIPPED combien de fichiers étaient déjà là.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Keys or prefixes</source>
      <translation>Clés ou préfixes</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Number of files fetched</source>
      <translation>Nombre de fichiers téléchargés</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Number of files left alone</source>
      <translation>Nombre de fichiers laissés tels quels</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>One a line: an object's full name, e.g. dem/2024/alps.tif, or a prefix with a slash at the end, e.g. dem/2024/, for all objects below it, which keep their folders. Nothing means the whole container.</source>
      <translation>Un par ligne : le nom complet d'un objet, p. ex. dem/2024/alps.tif, ou un préfixe terminé par une barre oblique, p. ex. dem/2024/, pour tous les objets en dessous, qui gardent leurs dossiers. Vide : le conteneur entier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Replace existing files</source>
      <translation>Remplacer les fichiers existants</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>Size in bytes</source>
      <translation>Taille en octets</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>swift,s3,openstack,cloud,bucket,container,get,fetch,receive,save,local</source>
      <translation>swift,s3,openstack,nuage,bucket,conteneur,obtenir,recevoir,télécharger,enregistrer,local</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>{count} files to fetch, {size} bytes; {skipped} are there already.</source>
      <translation>{count} fichiers à télécharger, {size} octets ; {skipped} sont déjà là.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>{failed} of {count} files failed; run it again to go on. First: {reason}</source>
      <translation>{failed} fichiers sur {count} ont échoué ; relancez pour continuer. Le premier : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/download.py" />
      <source>“{key}” is too long a name here, and is saved as “{name}”.</source>
      <translation>« {key} » est un nom trop long ici, et est enregistré sous « {name} ».</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>As gs://bucket/folder/name.tif. With #number behind it, the manifest is for that generation of the object only.</source>
      <translation>Sous la forme gs://bucket/dossier/nom.tif. Suivi de #nombre, le manifeste ne vaut que pour cette génération de l’objet.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>COGs in Google Cloud Storage, one a line</source>
      <translation>COG dans Google Cloud Storage, un par ligne</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Earth Engine would refuse this; see above what to do.</source>
      <translation>Earth Engine refuserait cela ; voyez ci-dessus que faire.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>End</source>
      <translation>Fin</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Fit for Earth Engine</source>
      <translation>Convient à Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>How coarser levels are made: MEAN if left out; MODE suits classes.</source>
      <translation>Comment se font les niveaux plus grossiers : MEAN si rien n’est choisi ; MODE convient aux classes.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Makes the manifest with which Google Earth Engine registers COGs in Google Cloud Storage as one asset, without copying them, and tells beforehand what it would refuse.

Only the headers of the COGs are read, and nothing is sent to Earth Engine. Each COG becomes a tileset: one for each band, or for each resolution; many tiles for one band are not possible. The log shows the command that registers the asset.

A COG that Earth Engine would refuse is a result (READY is false, and the log says why); convert it with the profile “earth-engine”. The algorithm fails only where no manifest can be made. What could not be checked, above all the bucket's place and readers, is listed in the log and in REPORT (JSON).</source>
      <translation>Fait le manifeste avec lequel Google Earth Engine inscrit des COG de Google Cloud Storage comme un seul asset, sans les copier, et dit d’avance ce qu’il refuserait.

Seuls les en-têtes des COG sont lus, et rien n’est envoyé à Earth Engine. Chaque COG devient un « tileset » : un par bande, ou par résolution ; plusieurs tuiles pour une même bande ne sont pas possibles. Le journal montre la commande qui inscrit l’asset.

Un COG qu’Earth Engine refuserait est un résultat (READY est faux, et le journal dit pourquoi) ; convertissez-le avec le profil « earth-engine ». L’algorithme n’échoue que si aucun manifeste n’est possible. Ce qui n’a pas pu être vérifié, surtout le lieu et les lecteurs du bucket, est listé dans le journal et dans REPORT (JSON).</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Manifest for Earth Engine</source>
      <translation>Manifeste pour Earth Engine</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Missing values</source>
      <translation>Valeurs manquantes</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>NAME=VALUE, one a line, or a JSON object. Values are texts and numbers.</source>
      <translation>NOM=VALEUR, une par ligne, ou un objet JSON. Les valeurs sont des textes et des nombres.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Neither metadata nor names say when the image was taken; the asset has no time.</source>
      <translation>Ni les métadonnées ni les noms ne disent quand l’image a été prise ; l’asset n’a pas de date.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Not checked here, so look at it yourself:</source>
      <translation>Non vérifié ici, à regarder vous-même :</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Once the COGs are fit, this registers the asset:</source>
      <translation>Une fois les COG conformes, ceci inscrit l’asset :</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Pin the generations</source>
      <translation>Fixer les générations</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Pixel values that mean “no data”. Left out: the COGs' own nodata values.</source>
      <translation>Valeurs de pixel qui signifient « pas de données ». Sans elles : les valeurs nodata des COG eux-mêmes.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Properties</source>
      <translation>Propriétés</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Pyramiding policy</source>
      <translation>Règle des pyramides</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Taken from {start} to {end} (exclusive), as {source} says.</source>
      <translation>Prise de {start} à {end} (exclu), d’après {source}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>The asset's bands in their order, with commas between: the name of a band, NEW=NAME, or NEW=COG:BAND, both counted from 0, e.g. red=0:0, rededge=1:2. Or the list “bands” of a manifest as JSON. Left out: all bands of all COGs.</source>
      <translation>Les bandes de l’asset dans leur ordre, séparées par des virgules : le nom d’une bande, NOUVEAU=NOM, ou NOUVEAU=COG:BANDE, les deux comptés à partir de 0, par ex. red=0:0, rededge=1:2. Ou bien la liste « bands » d’un manifeste en JSON. Sans elles : toutes les bandes de tous les COG.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>The headers hold nothing that Earth Engine refuses.</source>
      <translation>Les en-têtes ne contiennent rien qu’Earth Engine refuse.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>The name of a saved connection to Google Cloud Storage. If it is left out, the only saved one is used; if there is none, the COGs must be public.</source>
      <translation>Le nom d’une connexion enregistrée à Google Cloud Storage. Sans lui, la seule enregistrée est utilisée ; s’il n’y en a pas, les COG doivent être publics.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>The name of the new asset: projects/PROJECT/assets/FOLDER/NAME.</source>
      <translation>Le nom du nouvel asset : projects/PROJET/assets/DOSSIER/NOM.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>The same for the end, which is exclusive: the day after the last one.</source>
      <translation>De même pour la fin, qui est exclue : le lendemain du dernier jour.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>There are several connections to Google Cloud Storage; choose one: {names}.</source>
      <translation>Il y a plusieurs connexions à Google Cloud Storage ; choisissez-en une : {names}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>This registers the asset:</source>
      <translation>Ceci inscrit l’asset :</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>When the image was taken: a day, e.g. 2016-01-01, or a time as RFC 3339 writes it, e.g. 2016-01-01T10:30:00Z. If start and end are left out, they are read from the COGs' metadata or names; “none” leaves them out of the manifest.</source>
      <translation>Quand l’image a été prise : un jour, par ex. 2016-01-01, ou une heure comme l’écrit la RFC 3339, par ex. 2016-01-01T10:30:00Z. Sans début ni fin, ils sont lus dans les métadonnées ou les noms des COG ; « none » les laisse hors du manifeste.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>Write into the manifest which generation of each object was read. If somebody replaces an object before you register the asset, Earth Engine then refuses it, rather than take pixels that were never looked at.</source>
      <translation>Écrire dans le manifeste quelle génération de chaque objet a été lue. Si quelqu’un remplace un objet avant que vous n’inscriviez l’asset, Earth Engine le refuse alors, plutôt que de prendre des pixels que personne n’a regardés.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/earth_engine_manifest.py" />
      <source>google,earth,engine,gee,gcs,bucket,asset,manifest,register,cog</source>
      <translation>google,earth,engine,gee,gcs,bucket,asset,manifeste,inscrire,cog</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/executor.py" />
      <source>Executor</source>
      <translation>Exécuteur</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/executor.py" />
      <source>“dask” lets the workers of a Dask cluster do the work. Its scheduler is entered in Settings › Options › COG Browser; files must be on a disk that the workers share.</source>
      <translation>« dask » confie le travail aux nœuds d’une grappe Dask. Son ordonnanceur se saisit dans Préférences › Options › COG Browser ; les fichiers doivent être sur un disque que les nœuds partagent.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>If not set, only the objects that a folder view shows at the prefix are listed.</source>
      <translation>Sinon, seuls sont listés les objets qu’une vue par dossiers montre à ce préfixe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Include everything below</source>
      <translation>Inclure tout le contenu</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>List objects</source>
      <translation>Lister les objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Lists the objects of a container as a table: container, key, size in bytes, time of the last change in UTC, ETag, content type, and the source under which a layer of the object is saved in projects. The source holds no password.

Large containers are listed page by page, in the server's order.</source>
      <translation>Liste les objets d’un conteneur dans une table : conteneur, clé, taille en octets, date de dernière modification en UTC, ETag, type de contenu, et la source sous laquelle une couche de l’objet est enregistrée dans les projets. La source ne contient aucun mot de passe.

Les grands conteneurs sont lus page par page, dans l’ordre du serveur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Number of objects</source>
      <translation>Nombre d’objets</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Only keys that begin with this, e.g. dem/2024/.</source>
      <translation>Seulement les clés qui commencent ainsi, p. ex. dem/2024/.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Prefix</source>
      <translation>Préfixe</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Total size in bytes</source>
      <translation>Taille totale en octets</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>swift,s3,openstack,cloud,bucket,container,inventory,directory,files</source>
      <translation>swift,s3,openstack,cloud,bucket,conteneur,inventaire,répertoire,fichiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/provider.py" />
      <source>COG Browser (object stores and Cloud Optimized GeoTIFFs)</source>
      <translation>COG Browser (stockages objet et Cloud Optimized GeoTIFF)</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Converting…</source>
      <translation>Conversion…</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Converts a raster to a Cloud Optimized GeoTIFF, validates it, and uploads it to an object store.

Sign-in, container and key are checked before the conversion starts. All profiles but “web” and “custom” keep every pixel value bit by bit, and prove it. Only a valid COG is uploaded, and the object appears when all its bytes have arrived and agree with the checksum; a failed or cancelled run leaves nothing behind, neither here nor there.

The conversion needs room for the COG in QGIS's folder for temporary files, or in the one you choose. SIZE is in bytes. SOURCE is what a layer of the object is saved as in projects; it holds no password. PIXELS is “identical”, “not compared” or “changed”; all that was found, and a SHA-256 of each band's pixels, is in the report if you name a file for it.</source>
      <translation>Convertit un raster en Cloud Optimized GeoTIFF, le valide et l’envoie dans un stockage d’objets.

La connexion, le conteneur et la clé sont vérifiés avant le début de la conversion. Tous les profils sauf « web » et « custom » gardent chaque valeur de pixel bit à bit, et le prouvent. Seul un COG valide est envoyé, et l’objet apparaît quand tous ses octets sont arrivés et concordent avec la somme de contrôle ; une exécution échouée ou annulée ne laisse rien, ni ici ni là-bas.

La conversion a besoin de place pour le COG dans le dossier des fichiers temporaires de QGIS, ou dans celui que vous choisissez. SIZE est en octets. SOURCE est ce que les projets enregistrent pour une couche de l’objet ; il ne contient aucun mot de passe. PIXELS vaut « identical » (identiques), « not compared » (non comparés) ou « changed » (modifiés) ; tout ce qui a été trouvé, et un SHA-256 des pixels de chaque bande, est dans le rapport si vous nommez un fichier pour lui.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Number of warnings</source>
      <translation>Nombre d’avertissements</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Pixels beside the source's</source>
      <translation>Pixels par rapport à la source</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Publish as COG</source>
      <translation>Publier en COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Published: {source}</source>
      <translation>Publié : {source}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Replace an existing object</source>
      <translation>Remplacer un objet existant</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Source of a layer</source>
      <translation>Source d’une couche</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert</source>
      <translation>cog,geotiff,swift,s3,openstack,cloud,bucket,conteneur,envoyer,convertir</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>A file that is made if it isn't there. Left out: one of your own for this folder and this place in the store. COGs that wait for their upload lie beside it, unless you choose a folder for temporary files.</source>
      <translation>Un fichier, créé s’il n’existe pas. Sans indication : un fichier à vous, propre à ce dossier et à cette place dans le stockage. Les COG qui attendent leur envoi sont à côté, sauf si vous choisissez un dossier pour les fichiers temporaires.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>All files</source>
      <translation>Tous les fichiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Conversions at the same time</source>
      <translation>Conversions simultanées</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Files</source>
      <translation>Fichiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Give either a folder, or a container as the source.</source>
      <translation>Indiquez soit un dossier, soit un conteneur comme source.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Its objects are to become proper COGs. Leave the folder out for this.</source>
      <translation>Ses objets doivent devenir de vrais COG. Dans ce cas, n’indiquez pas de dossier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Journal</source>
      <translation>Journal</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Journal: {path}</source>
      <translation>Journal : {path}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Names of the files</source>
      <translation>Noms des fichiers</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Nothing is published.</source>
      <translation>Rien n’est publié.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Number of files published</source>
      <translation>Nombre de fichiers publiés</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Number of files skipped</source>
      <translation>Nombre de fichiers ignorés</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Number of files that failed</source>
      <translation>Nombre de fichiers en échec</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Only plan, publish nothing</source>
      <translation>Seulement planifier, ne rien publier</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Only what is in this folder of the container, e.g. dem/2024.</source>
      <translation>Seulement ce qui est dans ce dossier du conteneur, p. ex. dem/2024.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Or a container as the source</source>
      <translation>Ou un conteneur comme source</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Patterns separated by semicolons, e.g. *.tif;*.img. One with a slash, e.g. 2024/*.tif, is for the path in the folder.</source>
      <translation>Motifs séparés par des points-virgules, par ex. *.tif;*.img. Un motif avec une barre oblique, par ex. 2024/*.tif, porte sur le chemin dans le dossier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Prefix in that container</source>
      <translation>Préfixe dans ce conteneur</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Publish folder as COG</source>
      <translation>Publier un dossier en COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Publishes all rasters of a folder and of those below it: each is converted to a Cloud Optimized GeoTIFF, compared with its source bit by bit, validated, uploaded, and looked at again. What is a valid COG already is uploaded as it is.

First it is planned what will be done with each file and why; a dry run ends there. While some files are converted, others are uploaded. A file that can't be published fails alone.

Instead of a folder, a container or a prefix in it can be the source: objects that by their headers are no valid COGs are downloaded and made some, in their place (allow replacing for that) or in another container. An object that somebody else changes meanwhile is left alone.

A journal notes what is done, and nothing secret. Run it again with the same parameters, after a failure, a cancellation or a crash: it goes on where it stopped, and skips what is unchanged here and in the store.

The table says for each file which key it has and whether it is done, failed or skipped.</source>
      <translation>Publie tous les rasters d’un dossier et de ses sous-dossiers : chacun est converti en Cloud Optimized GeoTIFF, comparé bit à bit à sa source, validé, envoyé, puis contrôlé dans le stockage. Un fichier qui est déjà un COG valide est envoyé tel quel.

D’abord, un plan dit ce qui sera fait de chaque fichier et pourquoi ; un essai à blanc s’arrête là. Pendant que des fichiers sont convertis, d’autres sont envoyés. Un fichier qui ne peut pas être publié échoue seul.

Au lieu d’un dossier, un conteneur ou un préfixe de celui-ci peut être la source : les objets qui, d’après leur en-tête, ne sont pas des COG valides sont téléchargés et convertis, à leur place (autorisez alors le remplacement) ou dans un autre conteneur. Un objet que quelqu’un d’autre modifie entre-temps est laissé tel quel.

Un journal note ce qui est fait, et rien de secret. Relancez avec les mêmes paramètres après un échec, une annulation ou un plantage : l’exécution reprend où elle s’était arrêtée et ignore ce qui n’a changé ni ici ni dans le stockage.

La table indique pour chaque fichier sa clé et s’il est publié (done), en échec (failed) ou ignoré (skipped).</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Publishing…</source>
      <translation>Publication…</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Replace existing objects</source>
      <translation>Remplacer les objets existants</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Template of the keys</source>
      <translation>Modèle des clés</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>The container that the folder is to go into is missing.</source>
      <translation>Il manque le conteneur de destination du dossier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>The folder in the container, e.g. dem/2024.</source>
      <translation>Le dossier dans le conteneur, par ex. dem/2024.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>What comes after the prefix. {folder} is the file's folder in the one above, {name} its name, {stem} its name without the suffix, {suffix} the suffix with its dot. Left out: {folder}/{stem}.tif for a folder; objects keep their names.</source>
      <translation>Ce qui suit le préfixe. {folder} est le dossier du fichier dans celui choisi plus haut, {name} son nom, {stem} son nom sans l’extension, {suffix} l’extension avec son point. Sans indication : {folder}/{stem}.tif pour un dossier ; les objets gardent leur nom.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>Where the COGs go; the container must exist. Left out with a container as the source: each object is replaced where it is.</source>
      <translation>Destination des COG ; le conteneur doit exister. Sans indication, avec un conteneur comme source : chaque objet est remplacé à sa place.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_folder.py" />
      <source>cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert,batch,directory</source>
      <translation>cog,geotiff,swift,s3,openstack,nuage,bucket,conteneur,envoi,convertir,lot,répertoire</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/rasters.py" />
      <source>The layer “{name}” is no raster that GDAL reads; export it to a file first.</source>
      <translation>La couche « {name} » n’est pas un raster lu par GDAL ; exportez-la d’abord dans un fichier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/rasters.py" />
      <source>The layer “{name}” is opened with options of its own; export it first.</source>
      <translation>La couche « {name} » est ouverte avec des options particulières ; exportez-la d’abord.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/report_page.py" />
      <source>HTML files</source>
      <translation>Fichiers HTML</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/report_page.py" />
      <source>Report</source>
      <translation>Rapport</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>File with the link</source>
      <translation>Fichier avec le lien</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>Make a key for links, if there is none</source>
      <translation>Créer une clé pour les liens s’il n’y en a pas</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>Makes a link by which whoever has it can read one object until it ends, without an account, and writes it into a file that only you can read. It is tried before. Treat it like a password; it is in no log and no history.

In Swift, links are signed with a key of the container, or of the project for large objects. Where there is none yet, one is made only if you allow it: whoever knows that key can make links to read, change and delete everything in the container or project. Other stores sign with what the connection signs in with, and their links live for 7 days at most.</source>
      <translation>Crée un lien par lequel quiconque l’a peut lire un seul objet jusqu’à son échéance, sans compte, et l’écrit dans un fichier que vous seul pouvez lire. Il est essayé avant. Traitez-le comme un mot de passe ; il n’est dans aucun journal ni historique.

Dans Swift, les liens sont signés par une clé du conteneur, ou du projet pour les grands objets. S’il n’y en a pas encore, elle n’est créée que si vous le permettez : quiconque connaît cette clé peut créer des liens pour lire, modifier et supprimer tout ce qui est dans le conteneur ou le projet. Les autres stockages signent par ce avec quoi la connexion s’identifie, et leurs liens vivent au plus 7 jours.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>Share object by link</source>
      <translation>Partager un objet par un lien</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>Text files</source>
      <translation>Fichiers texte</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>The link to {url} was tried, and is in {file}.</source>
      <translation>Le lien vers {url} a été essayé, et se trouve dans {file}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>The link works for (seconds)</source>
      <translation>Le lien fonctionne pendant (secondes)</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/share_link.py" />
      <source>swift,s3,azure,cloud,tempurl,presigned,sas,url,public,send</source>
      <translation>swift,s3,azure,nuage,tempurl,presigned,sas,url,public,envoyer,partager,lien</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>Object store</source>
      <translation>Stockage objet</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The container (S3: bucket). It must exist.</source>
      <translation>Le conteneur (S3 : bucket). Il doit exister.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The name of a saved connection, or “env” for the account that the environment describes (source openrc.sh before qgis_process). The password or token comes from the place where you chose to keep it, or from the environment.</source>
      <translation>Le nom d’une connexion enregistrée, ou « env » pour le compte que décrit l’environnement (source openrc.sh avant qgis_process). Le mot de passe ou le jeton vient de l’endroit où vous avez choisi de le conserver, ou de l’environnement.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The object's full name in the container, e.g. dem/2024/alps.tif. With a slash at the end, e.g. dem/2024/, the object is put there under the file's own name.</source>
      <translation>Le nom complet de l’objet dans le conteneur, p. ex. dem/2024/alpes.tif. Avec une barre oblique à la fin, p. ex. dem/2024/, l’objet y est déposé sous le nom du fichier.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>There is no file {path}.</source>
      <translation>Il n’y a pas de fichier {path}.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Upload file</source>
      <translation>Envoyer un fichier</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Uploaded: {source}</source>
      <translation>Déposé : {source}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Uploads a local file to an object store, as it is. The object appears when all its bytes have arrived and agree with the file's checksum; a failed or cancelled upload leaves nothing behind.

For rasters, “Publish as COG” converts and checks them first. A TIFF that is no valid COG is uploaded with a warning, because maps of it are slow to read.

SIZE is in bytes. SOURCE is what a layer of the object is saved as in projects; it holds no password.</source>
      <translation>Dépose un fichier local dans un stockage objet, tel quel. L’objet n’apparaît que lorsque tous ses octets sont arrivés et correspondent à la somme de contrôle du fichier ; un envoi échoué ou annulé ne laisse rien.

Pour les rasters, « Publier en COG » les convertit et les vérifie d’abord. Un TIFF qui n’est pas un COG valide est déposé avec un avertissement, car ses cartes sont lentes à lire.

SIZE est en octets. SOURCE est ce qu’un projet enregistre pour une couche de l’objet ; elle ne contient aucun mot de passe.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>swift,s3,openstack,cloud,bucket,container,put,send,copy,store</source>
      <translation>swift,s3,openstack,cloud,bucket,conteneur,déposer,envoyer,copier,stocker</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>{name} is no valid COG, so maps of it will be slow: {reason}</source>
      <translation>{name} n’est pas un COG valide, ses cartes seront donc lentes : {reason}</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>File, layer, URL or GDAL source</source>
      <translation>Fichier, couche, URL ou source GDAL</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Full check of every block</source>
      <translation>Vérification complète de chaque bloc</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Give either an input, or connection, container and key.</source>
      <translation>Donnez soit une entrée, soit la connexion, le conteneur et la clé.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Is a valid COG</source>
      <translation>Est un COG valide</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Leave it out to validate an object of a connection.</source>
      <translation>Laissez vide pour valider un objet d’une connexion.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Number of errors</source>
      <translation>Nombre d’erreurs</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Rules</source>
      <translation>Règles</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Tells whether a raster is a valid Cloud Optimized GeoTIFF, and if not, why and what to do.

Give either an input (a file, the name of a layer in the project, a URL or another GDAL source), or connection, container and key of an object. Only the headers and a sample of the blocks are read, whatever the size of the file; the full check looks at every block, which takes many requests from a remote file.

The rules “cog” are those that every reader needs, “ogc” the standard OGC 21-026 to the letter, “earth-engine” what Google Earth Engine demands, and “web” what web maps need.

An invalid COG is a result (VALID is false); the algorithm fails only where the file can't be read.</source>
      <translation>Indique si un raster est un Cloud Optimized GeoTIFF valide et, sinon, pourquoi et que faire.

Indiquez soit une entrée (un fichier, le nom d’une couche du projet, une URL ou une autre source GDAL), soit la connexion, le conteneur et la clé d’un objet. Seuls les en-têtes et un échantillon des blocs sont lus, quelle que soit la taille du fichier ; le contrôle complet examine chaque bloc, ce qui demande beaucoup de requêtes pour un fichier distant.

Les règles « cog » sont celles dont tout lecteur a besoin, « ogc » la norme OGC 21-026 à la lettre, « earth-engine » ce que Google Earth Engine exige, et « web » ce dont les cartes web ont besoin.

Un COG invalide est un résultat (VALID est faux) ; l’algorithme n’échoue que si le fichier ne peut pas être lu.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Validate COG</source>
      <translation>Valider un COG</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>cog,geotiff,tiff,cloud,optimized,check,verify,inspect,report</source>
      <translation>cog,geotiff,tiff,cloud,optimisé,vérifier,contrôler,inspecter,rapport</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>{source} is a valid COG.</source>
      <translation>{source} est un COG valide.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>{source} is not a valid COG.</source>
      <translation>{source} n’est pas un COG valide.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Files at the same time</source>
      <translation>Fichiers en même temps</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Folder on this computer</source>
      <translation>Dossier sur cet ordinateur</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Give either a folder, or connection and container.</source>
      <translation>Donnez soit un dossier, soit la connexion et le conteneur.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Number of invalid files</source>
      <translation>Nombre de fichiers non valides</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Number of unread files</source>
      <translation>Nombre de fichiers non lus</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Number of valid COGs</source>
      <translation>Nombre de COG valides</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Tells of every TIFF in a folder and all below it whether it is a valid Cloud Optimized GeoTIFF, as a table and as a page: key, verdict, number of errors and warnings, the first reason, size in bytes, and where it is.

Give either a folder on this computer, or connection and container. Several files are judged at a time, by their headers and a sample of the blocks. One that can't be read is a row “not judged” with the reason. A cancelled run writes nothing.</source>
      <translation>Dit de chaque TIFF d’un dossier et de tout ce qu’il contient s’il est un Cloud Optimized GeoTIFF valide, sous forme de tableau et de page : clé, verdict, nombre d’erreurs et d’avertissements, première raison, taille en octets, et où il se trouve.

Donnez soit un dossier sur cet ordinateur, soit la connexion et le conteneur. Plusieurs fichiers sont jugés en même temps, d’après leurs en-têtes et un échantillon des blocs. Un fichier qui ne peut pas être lu est une ligne « not judged » (non jugé) avec la raison. Une exécution annulée n’écrit rien.</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>Validate folder</source>
      <translation>Valider un dossier</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>cog,geotiff,tiff,cloud,optimized,check,verify,inspect,report,batch</source>
      <translation>cog,geotiff,tiff,cloud,optimisé,vérifier,contrôler,inspecter,rapport,lot</translation>
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_folder.py" />
      <source>{count} TIFFs</source>
      <translation>{count} TIFF</translation>
    </message>
  </context>
</TS>
