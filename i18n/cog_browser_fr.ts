<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
  <context>
    <name>CogBrowser</name>
    <message>
      <location filename="../cog_browser/cog/profiles.py" />
      <source>Every pixel value kept bit by bit (DEFLATE, predictor by data type, overviews)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>It works: {what}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>No secret is saved; fill it in.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>Remove</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>Remove connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>Remove the connection “{name}” and its saved secret? Nothing in the object store is changed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/accounts.py" />
      <source>The last secret was refused.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>All files (*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Edit connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>New connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Open an openrc.sh</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Open file…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>OpenStack RC file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>OpenStack RC files (*.sh *.rc *openrc*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Paste the text of your openrc.sh here; it fills in the form and is never run.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Read. Check the fields below.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Read. The file holds no secret: fill it in below.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Test</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Testing…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>Text of an openrc.sh</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_dialog.py" />
      <source>There is a connection “{name}” already.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>A ready token needs the storage URL.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Application credential</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Authentication URL</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>CA bundle</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Credential ID</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Credential secret</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the application credential's ID.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the application credential's secret.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the authentication URL.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the password.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the token.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Fill in the user.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Give the connection a name.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Interface</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Keep the secret</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Names that start with “{prefix}” mean the environment; choose another.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>PEM certificates (*.pem *.crt *.cer);;All files (*)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Password</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Project</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Project domain</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Rarely needed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Ready token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Region</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Sign in with</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Storage URL</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>Token</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>User</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>User domain</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>the only one, or the first</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>the system's certificates</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/connection_form.py" />
      <source>unchanged</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/controller.py" />
      <source>Name of the new container:</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/controller.py" />
      <source>New container</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/controller.py" />
      <source>Publishing needs QGIS's Processing plugin; turn it on and retry.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/controller.py" />
      <source>{count} objects are selected; at most {limit} are added at once.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add a connection…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add the selected objects to the map</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Add to map</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Browse your object store</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>COG Browser</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Connect to OpenStack Swift with an openrc.sh file or by filling in a form, then open Cloud Optimized GeoTIFFs straight from it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Convert a raster to a COG and upload it here…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Go to the enclosing folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Loading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>New connection…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>New container…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>No containers yet</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Publish…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Refresh</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Refresh (F5)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Retry</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Select a connection, container or folder.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>This folder is empty</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>Up</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, incomplete</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock.py" />
      <source>{what}, loading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Connections and folders</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/dock_widgets.py" />
      <source>Objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/layer_loader.py" />
      <source>Adding {count} layers…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/layer_loader.py" />
      <source>Adding “{name}”…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/layer_loader.py" />
      <source>{failed} of {total} layers could not be added. The first: {reason}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Copy name</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Edit connection…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Publish here…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Remove connection…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Sign in…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/menus.py" />
      <source>Sign out</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Ask the owner of the project or container for access.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Ask the provider for more room, or remove something.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Damaged data</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>If it goes on, tell the provider the request.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>It can't work like this</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>It exists already</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>No connection</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>No room left</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not a usable raster</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not allowed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not found</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Not signed in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Refresh to see what is there now.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Sign in to see what is in it.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Sign-in refused</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>The server failed</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>The server is busy</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Try again.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Unexpected answer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>Unexpected error</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/messages.py" />
      <source>{kind}: the log panel, tab “COG Browser”, has the details.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/objects_model.py" />
      <source>Modified</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/objects_model.py" />
      <source>Size</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/objects_model.py" />
      <source>{count} bytes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>Automatically</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>Encrypted by the operating system, and opened when you log in.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>Encrypted in your QGIS profile. QGIS asks for its master password once a session.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>Encrypted where that works without a question, else for this session only. Never in a project or settings file.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>For this session only</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>In QGIS's authentication database</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>In this computer's keyring</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>Nothing is written. You are asked again when QGIS starts next time.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>The secret is kept in QGIS's encrypted authentication database.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>The secret is kept in memory and forgotten when QGIS closes.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/secret_fields.py" />
      <source>The secret is kept in this computer's keyring.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/sign_in_dialog.py" />
      <source>Sign in</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/sign_in_dialog.py" />
      <source>Sign in to “{name}”.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 container</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 folder</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>1 object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>{count} containers</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>{count} folders</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/text.py" />
      <source>{count} objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/gui/tree_model.py" />
      <source>Double click to retry.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/base.py" />
      <source>A file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/base.py" />
      <source>{file} can't be used: {reason}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Block size [pixels]</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>COG</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Cloud Optimized GeoTIFF</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Compression</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Convert to COG</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Converts any raster that GDAL opens to a Cloud Optimized GeoTIFF: tiled, compressed, with overviews inside, in the order that remote readers need.

The profile “science” keeps every pixel value bit by bit, and proves it by comparing the result with the source before the file appears under its name. Coordinate reference system, nodata value, scale, offset and units are kept as well.

The source needs a coordinate reference system. A failed or cancelled conversion leaves no file behind.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Left out: what the profile chooses, “average” for measured values and “nearest” for classes. The full resolution is never resampled.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Left out: what the profile chooses.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>More creation options</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Options of GDAL's COG driver over those above, e.g. LEVEL=9 NUM_THREADS=2. Separate them by blanks, or by “|” where a value has blanks.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Profile</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Raster</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Resampling of the overviews</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>The block size must be a multiple of 16 pixels.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>Width and height of a tile, a multiple of 16.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>cog,geotiff,tiff,cloud,optimized,overviews,pyramids,compress,lossless</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/convert_to_cog.py" />
      <source>“{pair}” is no creation option; write NAME=VALUE.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>If not set, only the objects that a folder view shows at the prefix are listed.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Include everything below</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>List objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Lists the objects of a container as a table: container, key, size in bytes, time of the last change in UTC, ETag, content type, and the source under which a layer of the object is saved in projects. The source holds no password.

Large containers are listed page by page, in the server's order.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Number of objects</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Only keys that begin with this, e.g. dem/2024/.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Prefix</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>Total size in bytes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/list_objects.py" />
      <source>swift,s3,openstack,cloud,bucket,container,inventory,directory,files</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/provider.py" />
      <source>COG Browser (object stores and Cloud Optimized GeoTIFFs)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Converting…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Converts a raster to a Cloud Optimized GeoTIFF, validates it, and uploads it to an object store.

Sign-in, container and key are checked before the conversion starts. The profile “science” keeps every pixel value bit by bit, and proves it. Only a valid COG is uploaded, and the object appears when all its bytes have arrived and agree with the checksum; a failed or cancelled run leaves nothing behind, neither here nor there.

The conversion needs room for the COG in QGIS's folder for temporary files. SIZE is in bytes. SOURCE is what a layer of the object is saved as in projects; it holds no password.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>ETag</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Publish as COG</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Published: {source}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Replace an existing object</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Report (JSON)</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Size in bytes</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Source of a layer</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>Uploading…</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/publish_cog.py" />
      <source>cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/rasters.py" />
      <source>The layer “{name}” is no raster that GDAL reads; export it to a file first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/rasters.py" />
      <source>The layer “{name}” is opened with options of its own; export it first.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>Container</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>Key</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>Object store</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The container (S3: bucket). It must exist.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The name of a saved connection, or “env” for the account that the environment describes (source openrc.sh before qgis_process). The password or token comes from the place where you chose to keep it, or from the environment.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/store_algorithm.py" />
      <source>The object's full name in the container, e.g. dem/2024/alps.tif. With a slash at the end, e.g. dem/2024/, the object is put there under the file's own name.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>All files</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>File</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>There is no file {path}.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Upload file</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Uploaded: {source}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>Uploads a local file to an object store, as it is. The object appears when all its bytes have arrived and agree with the file's checksum; a failed or cancelled upload leaves nothing behind.

For rasters, “Publish as COG” converts and checks them first. A TIFF that is no valid COG is uploaded with a warning, because maps of it are slow to read.

SIZE is in bytes. SOURCE is what a layer of the object is saved as in projects; it holds no password.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>swift,s3,openstack,cloud,bucket,container,put,send,copy,store</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/upload.py" />
      <source>{name} is no valid COG, so maps of it will be slow: {reason}</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>An object needs all of connection, container and key.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>File, layer, URL or GDAL source</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Full check of every block</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Give either an input, or connection, container and key.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>HTML files</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Is a valid COG</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Leave it out to validate an object of a connection.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Number of errors</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Number of warnings</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Report</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Rules</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Tells whether a raster is a valid Cloud Optimized GeoTIFF, and if not, why and what to do.

Give either an input (a file, the name of a layer in the project, a URL or another GDAL source), or connection, container and key of an object. Only the headers are read, whatever the size of the file; the full check reads a few bytes around every block as well, which takes two requests per block from a remote file.

An invalid COG is a result (VALID is false); the algorithm fails only where the raster can't be read.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>The object's full name in the container, e.g. dem/2024/alps.tif.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>Validate COG</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>cog,geotiff,tiff,cloud,optimized,check,verify,inspect,report</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>{source} is a valid COG.</source>
      <translation type="unfinished" />
    </message>
    <message>
      <location filename="../cog_browser/processing/validate_cog.py" />
      <source>{source} is not a valid COG.</source>
      <translation type="unfinished" />
    </message>
  </context>
</TS>
