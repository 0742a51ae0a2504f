# SPDX-License-Identifier: GPL-2.0-or-later
"""Every managing action of the panel has a test that drives its widgets on a real store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cog_browser.gui.manage import actions
from cog_browser.gui.manage.address_forms import FORMS

HERE = Path(__file__).parent
#: Action → file and test. The names of menus and buttons; what `actions` and `FORMS` name, by that.
TESTS = {
    "Upload files… (button)": "test_manage_transfers.test_files_are_chosen_with_the_button",
    "Upload folder…": "test_manage_transfers.test_a_folder_is_chosen_in_the_buttons_menu",
    "drop files and folders": (
        "test_manage_transfers.test_files_and_folders_are_dropped_into_the_panel"
    ),
    "replace on upload": (
        "test_manage_transfers.test_files_and_folders_are_dropped_into_the_panel"
    ),
    actions.DOWNLOAD: "test_manage_transfers.test_objects_and_folders_are_downloaded",
    "download a container": "test_manage_transfers.test_a_whole_container_is_downloaded",
    "names that can't be files": (
        "test_manage_transfers.test_names_that_can_be_no_files_are_told_before_the_first_byte"
    ),
    "replace on download": (
        "test_manage_transfers.test_other_files_are_replaced_only_after_a_question"
    ),
    "pause, go on": "test_manage_transfers.test_uploads_and_downloads_are_paused_and_go_on",
    "stop, retry": "test_manage_transfers.test_a_transfer_is_stopped_within_a_second_and_retried",
    "remove finished": "test_manage_transfers.test_files_and_folders_are_dropped_into_the_panel",
    actions.RENAME: "test_manage_move.test_an_object_is_renamed",
    "rename a folder": "test_manage_move.test_a_folder_is_renamed_and_not_into_itself",
    "move to another account": (
        "test_manage_other_stores.test_a_move_to_another_account_takes_open_layers_along"
    ),
    actions.COPY_TO: "test_manage_move.test_objects_and_folders_are_copied_to_another_container",
    "copy to another account": (
        "test_manage_other_stores.test_folders_and_objects_are_copied_to_another_account"
    ),
    actions.DELETE: "test_manage_delete.test_objects_and_folders_are_counted_named_and_deleted",
    "typed confirmation": "test_manage_delete.test_above_a_hundred_the_number_is_typed",
    actions.DELETE_CONTAINER: (
        "test_manage_delete.test_a_selected_container_can_be_deleted_from_the_table"
    ),
    "New container…": (
        "test_manage_delete.test_a_container_is_created_in_the_menu_and_deleted_again"
    ),
    actions.ACCESS: (
        "test_manage_share.test_a_container_becomes_public_and_private_again_with_its_segments"
    ),
    "public or private in Azure": (
        "test_manage_other_stores.test_a_container_of_azure_becomes_public_and_private_again"
    ),
    actions.EARTH_ENGINE: "test_earth_engine_dialog.test_the_guide_s_manifest_is_made_by_hand",
    actions.SHARE: "test_manage_share.test_a_link_is_made_with_consent_and_goes_to_the_clipboard",
    "share in other stores": (
        "test_manage_other_stores.test_a_link_of_another_store_is_tried_and_goes_to_the_clipboard"
    ),
    "copy-name": "test_manage_copy_as.test_names_of_all_selected_objects_are_copied",
    "copy-url": "test_manage_copy_as.test_the_url_is_the_objects",
    "copy-path": "test_manage_copy_as.test_the_path_and_the_command_work_for_who_is_signed_in",
    "copy-command": "test_manage_copy_as.test_the_path_and_the_command_work_for_who_is_signed_in",
    "copy-python": "test_manage_copy_as.test_the_snippet_runs",
}


def test_no_action_of_the_menus_is_left_out():
    found = (value for name, value in vars(actions).items() if name.isupper())
    named = {value for value in found if isinstance(value, str)}
    assert named <= set(TESTS)
    assert set(FORMS) <= set(TESTS)


@pytest.mark.parametrize("test", sorted(set(TESTS.values())))
def test_its_test_is_there_and_uses_the_store(test):
    module, _, name = test.partition(".")
    text = (HERE / f"{module}.py").read_text(encoding="utf-8")
    found = re.search(rf"^def {name}\(([^)]*)\)", text, re.MULTILINE)
    assert found, test
    assert {"ui", "copied", "dialog_of"} & {part.strip() for part in found[1].split(",")}, test
